// The network map: Leaflet on our own coastline. Everything it shows stands in the list beside it as well.

const HALF = Math.PI / 180;

// Miller's cylinder: the north does not swell as in Mercator, and a zoomed-in city keeps its shape.
const Miller = {
  project: ({ lat, lng }) => L.point(lng, (1.25 * Math.log(Math.tan(Math.PI / 4 + 0.4 * lat * HALF))) / HALF),
  unproject: ({ x, y }) => L.latLng((2.5 * Math.atan(Math.exp(0.8 * y * HALF)) - 0.625 * Math.PI) / HALF, x),
  bounds: L.bounds([-180, -132], [180, 132]),
};
const crs = L.Util.extend({}, L.CRS, {
  code: "MILLER",
  projection: Miller,
  transformation: new L.Transformation(1 / 360, 0.5, -1 / 360, 0.5),
  infinite: false,
});

const read = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

/* A thin grid, every ten degrees */
function graticule() {
  const lines = [];
  for (let lng = -180; lng <= 180; lng += 10) lines.push([[-60, lng], [84, lng]]);
  for (let lat = -60; lat <= 80; lat += 10) lines.push([[lat, -180], [lat, 180]]);
  return L.polyline(lines, { className: "world__graticule", interactive: false, noClip: true });
}

/* An arc bent to the north, drawn as twenty-five points */
function arc([from, to]) {
  const a = Miller.project(L.latLng(from[1], from[0]));
  const b = Miller.project(L.latLng(to[1], to[0]));
  const bend = a.distanceTo(b) * 0.18;
  const middle = L.point((a.x + b.x) / 2, (a.y + b.y) / 2 + bend);
  return Array.from({ length: 25 }, (_, n) => {
    const t = n / 24;
    const u = 1 - t;
    return Miller.unproject(L.point(u * u * a.x + 2 * u * t * middle.x + t * t * b.x, u * u * a.y + 2 * u * t * middle.y + t * t * b.y));
  });
}

function counted(number, words) {
  const rule = new Intl.PluralRules(document.documentElement.lang).select(number);
  return (rule === "one" ? words.one : words.many).replace("{number}", number.toLocaleString(document.documentElement.lang));
}

/* The slip of paper that opens on a dot; built from nodes, so that a name is never read as markup */
function slip({ name, url, country, projects }, words) {
  const box = document.createElement("div");
  box.dir = document.dir || "ltr";
  const title = document.createElement("p");
  title.className = "popup__name";
  const link = document.createElement("a");
  link.href = url;
  link.textContent = name;
  title.append(link);
  const more = document.createElement("p");
  more.className = "note";
  more.textContent = [country, projects === undefined ? "" : counted(projects, words)].filter(Boolean).join(" · ");
  box.append(title, more);
  return box;
}

class NetworkMap {
  constructor(frame) {
    this.frame = frame;
    this.canvas = frame.querySelector("[data-map]");
    this.rows = new Map([...frame.querySelectorAll("[data-city]")].map((row) => [row.dataset.city, row]));
    this.dots = [];
  }

  async draw() {
    const { land, borders, source } = this.canvas.dataset;
    const [coast, states, network] = await Promise.all([read(land), read(borders), read(source)]);
    this.canvas.replaceChildren();
    this.canvas.classList.add("is-ready");
    this.canvas.dir = "ltr";
    this.map = L.map(this.canvas, {
      crs, minZoom: 0, maxZoom: 8, zoomSnap: 0.25, zoomDelta: 0.75, scrollWheelZoom: false, attributionControl: false, zoomControl: false,
      maxBounds: [[-65, -200], [86, 200]], maxBoundsViscosity: 0.8, dragging: !L.Browser.mobile, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    const rtl = document.dir === "rtl";
    const words = this.canvas.dataset;
    L.control.zoom({ position: rtl ? "bottomright" : "bottomleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(this.map);
    L.control.attribution({ prefix: false, position: rtl ? "topleft" : "topright" }).addAttribution("Natural Earth").addTo(this.map);
    graticule().addTo(this.map);
    L.geoJSON(coast, { style: { className: "world__land" }, interactive: false, smoothFactor: 0.6 }).addTo(this.map);
    L.geoJSON(states, { style: { className: "world__borders" }, interactive: false, smoothFactor: 0.6 }).addTo(this.map);
    this.fill(network);
    this.wheelOnlyWhenMeant();
  }

  fill(network) {
    const places = network.features.filter(({ geometry }) => geometry.type === "Point");
    const lines = network.features.filter(({ geometry }) => geometry.type === "LineString");
    if (places.length) {
      this.map.fitBounds(L.latLngBounds(places.map(({ geometry: { coordinates: [lng, lat] } }) => [lat, lng])).pad(0.04));
    } else this.map.setView([35, -20], 1);
    for (const { geometry, properties } of lines) {
      const line = L.polyline(arc(geometry.coordinates), { className: "world__arc", interactive: false }).addTo(this.map);
      line.getElement()?.setAttribute("data-kind", properties.kind);
    }
    // The busiest first, so that small dots lie on top.
    places.sort((a, b) => (b.properties.projects || 0) - (a.properties.projects || 0)).forEach((place) => this.dot(place));
    this.rove();
  }

  dot({ geometry: { coordinates: [lng, lat] }, properties }) {
    const words = { one: this.canvas.dataset.one, many: this.canvas.dataset.many };
    const dot = L.circleMarker([lat, lng], { radius: (this.canvas.clientWidth < 560 ? 0.65 : 1) * (5 + 2.2 * Math.sqrt(properties.projects || 0)), className: "world__dot", bubblingMouseEvents: false });
    dot.bindPopup(() => slip(properties, words), { autoPanPadding: [24, 24], maxWidth: 260 }).addTo(this.map);
    const element = dot.getElement();
    element.setAttribute("data-kind", properties.kind || "member");
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "-1");
    element.setAttribute("aria-label", [properties.name, properties.country, counted(properties.projects || 0, words)].filter(Boolean).join(", "));
    const row = this.rows.get(properties.slug);
    const light = (on, follow) => {
      element.classList.toggle("is-lit", on);
      row?.classList.toggle("is-lit", on);
      if (on && follow) row?.scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    dot.on("mouseover popupopen", (event) => light(true, event.type === "popupopen")).on("mouseout popupclose", () => light(false));
    element.addEventListener("focus", () => light(true));
    element.addEventListener("blur", () => light(false));
    row?.addEventListener("mouseenter", () => light(true));
    row?.addEventListener("mouseleave", () => light(false));
    row?.addEventListener("focusin", () => light(true));
    row?.addEventListener("focusout", () => light(false));
    this.dots.push({ dot, element });
  }

  /* One stop of the Tab key for all dots; the arrow keys go to the next one on that side */
  rove() {
    this.dots[0]?.element.setAttribute("tabindex", "0");
    for (const here of this.dots) {
      here.element.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          here.dot.openPopup();
          here.dot.getPopup().getElement()?.querySelector("a")?.focus();
          return;
        }
        const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const next = this.towards(here, step);
        if (!next) return;
        here.element.setAttribute("tabindex", "-1");
        next.element.setAttribute("tabindex", "0");
        if (!this.map.getBounds().contains(next.dot.getLatLng())) this.map.panTo(next.dot.getLatLng());
        next.element.focus({ preventScroll: true });
      });
      here.dot.on("popupclose", () => {
        if (this.canvas.contains(document.activeElement) || document.activeElement === document.body) here.element.focus({ preventScroll: true });
      });
    }
  }

  towards(here, [dx, dy]) {
    const from = this.map.latLngToLayerPoint(here.dot.getLatLng());
    let best = null;
    for (const other of this.dots) {
      const to = this.map.latLngToLayerPoint(other.dot.getLatLng());
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      if (along <= 0.5) continue;
      const far = along + 2 * aside;
      if (!best || far < best.far) best = { ...other, far };
    }
    return best;
  }

  /* The wheel scrolls the page until somebody has clicked into the map */
  wheelOnlyWhenMeant() {
    this.map.on("click focus popupopen", () => this.map.scrollWheelZoom.enable());
    this.canvas.addEventListener("mouseleave", () => this.map.scrollWheelZoom.disable());
    // Leaflet hears Escape only while the map itself has the focus, not a dot or a popup in it.
    this.canvas.addEventListener("keydown", (event) => event.key === "Escape" && this.map.closePopup());
  }
}

function drawIn(root) {
  for (const frame of root.querySelectorAll("[data-network-map]:not([data-drawn])")) {
    frame.dataset.drawn = "yes";
    // The map drawn by the server stays when this one cannot be.
    new NetworkMap(frame).draw().catch((error) => console.warn(error));
  }
}
drawIn(document);
// A filter brings a new map.
document.addEventListener("htmx:load", (event) => drawIn(event.detail.elt));
