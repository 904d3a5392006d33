// A point in the city, set on a map of our own coastline or typed as two numbers; the numbers are what is saved.

const FINE = 3;
const STEP = 0.001;

const load = (tag, attributes) =>
  new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener("load", done);
    element.addEventListener("error", failed);
    document.head.append(element);
  });

/* Degrees as people type them; NaN for anything else */
const degrees = (field) => (field.value.trim() ? Number(field.value.replace(",", ".")) : NaN);

function kilometres(a, b) {
  const rad = Math.PI / 180;
  const chord = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lng - a.lng) * rad) / 2) ** 2;
  return 12742 * Math.asin(Math.min(1, Math.sqrt(chord)));
}

class PointField {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.centre = { lat: Number(this.words.latitude), lng: Number(this.words.longitude) };
    [this.latitude, this.longitude] = root.querySelectorAll("input");
    this.canvas = root.querySelector("[data-point-map]");
    this.state = root.querySelector("[data-point-state]");
    this.opener = root.querySelector("[data-point-open]");
    this.clearer = root.querySelector("[data-point-clear]");
    this.opener.hidden = false;
    this.opener.addEventListener("click", () => this.open());
    this.clearer.addEventListener("click", () => this.set(null, this.latitude));
    for (const field of [this.latitude, this.longitude]) field.addEventListener("input", () => !this.writing && this.follow());
    this.latitude.addEventListener("paste", (event) => this.paste(event));
    this.tell();
  }

  get point() {
    const point = { lat: degrees(this.latitude), lng: degrees(this.longitude) };
    return Math.abs(point.lat) <= 90 && Math.abs(point.lng) <= 180 ? point : null;
  }

  /* “47.75, 7.34” from another map goes into both fields */
  paste(event) {
    const pair = event.clipboardData.getData("text").match(/^\s*\(?(-?\d+\.\d+)\s*[,; ]\s*(-?\d+\.\d+)\)?\s*$/);
    if (!pair) return;
    event.preventDefault();
    this.set({ lat: Number(pair[1]), lng: Number(pair[2]) });
  }

  set(point, focus) {
    this.writing = true;
    this.latitude.value = point ? point.lat.toFixed(FINE) : "";
    this.longitude.value = point ? point.lng.toFixed(FINE) : "";
    this.latitude.dispatchEvent(new Event("input", { bubbles: true }));
    this.writing = false;
    this.follow();
    focus?.focus();
  }

  tell() {
    const point = this.point;
    const far = point && kilometres(this.centre, point);
    const number = far?.toLocaleString(document.documentElement.lang, { maximumFractionDigits: far < 10 ? 1 : 0 });
    this.state.textContent = point ? this.words.far.replace("{km}", number) : "";
    this.clearer.hidden = !this.latitude.value && !this.longitude.value;
  }

  follow() {
    this.tell();
    if (!this.mark) return;
    const point = this.point;
    if (!point) return this.mark.remove();
    this.mark.setLatLng(point).addTo(this.map);
    this.name();
    if (!this.map.getBounds().contains(point)) this.map.panTo(point);
  }

  async open() {
    if (this.map) {
      this.canvas.hidden = !this.canvas.hidden;
      this.opener.setAttribute("aria-expanded", String(!this.canvas.hidden));
      return;
    }
    this.opener.disabled = true;
    try {
      await Promise.all([globalThis.L || load("script", { src: this.words.leaflet }), load("link", { rel: "stylesheet", href: this.words.sheet })]);
      this.draw();
      this.opener.setAttribute("aria-expanded", "true");
    } catch {
      this.state.textContent = this.words.failed;
    }
    this.opener.disabled = false;
  }

  draw() {
    const { L } = globalThis;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.canvas.hidden = false;
    this.canvas.dir = "ltr";
    this.canvas.setAttribute("aria-label", this.words.label);
    this.canvas.setAttribute("role", "application");
    this.map = L.map(this.canvas, { minZoom: 7, maxZoom: 16, zoomSnap: 0.5, scrollWheelZoom: false, attributionControl: false, zoomControl: false, zoomAnimation: !calm, fadeAnimation: !calm });
    L.control.zoom({ position: document.dir === "rtl" ? "bottomright" : "bottomleft", zoomInTitle: this.words.closer, zoomOutTitle: this.words.further }).addTo(this.map);
    this.map.setView(this.point || this.centre, 12);
    this.base();
    const icon = L.divIcon({ className: "point__mark", iconSize: [44, 44], iconAnchor: [22, 22] });
    this.mark = L.marker(this.point || this.centre, { icon, draggable: true, keyboard: true, autoPan: true, alt: this.words.mark });
    this.mark.on("dragend", () => this.set(this.mark.getLatLng()));
    this.map.on("click", ({ latlng }) => this.set(latlng.wrap(), this.mark.getElement()));
    if (this.point) this.mark.addTo(this.map) && this.name();
    this.canvas.addEventListener("keydown", (event) => this.key(event), true);
    this.canvas.focus();
  }

  /* The centre with rings around it: at this scale they orient better than a coastline drawn for the whole world */
  base() {
    const { L } = globalThis;
    for (const km of [1, 2, 5, 10, 20, 50]) {
      L.circle(this.centre, { radius: km * 1000, className: "point__ring", interactive: false }).addTo(this.map);
      const north = [this.centre.lat + km / 111.2, this.centre.lng];
      L.marker(north, { icon: L.divIcon({ className: "point__km", html: `${km} km`, iconSize: [60, 18] }), interactive: false, keyboard: false }).addTo(this.map);
    }
    L.circleMarker(this.centre, { radius: 5, className: "world__dot", interactive: false }).addTo(this.map);
    const name = document.createElement("bdi");
    name.textContent = this.words.city;
    L.marker(this.centre, { icon: L.divIcon({ className: "point__city", html: name, iconSize: [200, 20], iconAnchor: [100, -8] }), interactive: false, keyboard: false }).addTo(this.map);
    fetch(this.words.land, { credentials: "same-origin" })
      .then((answer) => answer.json())
      .then((land) => L.geoJSON(land, { style: { className: "world__land" }, interactive: false }).addTo(this.map).bringToBack())
      .catch(() => {});
  }

  name() {
    const element = this.mark.getElement();
    element?.setAttribute("aria-label", `${this.words.mark}. ${this.state.textContent}`);
  }

  /* Enter sets the point where the map's middle is; on the mark the arrow keys move it by a hundred metres, with Shift a kilometre */
  key(event) {
    const onMark = event.target === this.mark.getElement();
    if (event.key === "Enter" && (event.target === this.canvas || onMark)) {
      event.preventDefault();
      if (event.target === this.canvas) this.set(this.map.getCenter().wrap(), undefined);
      this.mark.getElement()?.focus();
      return;
    }
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    if (!step || !onMark) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.shiftKey ? 10 * STEP : STEP;
    const { lat, lng } = this.mark.getLatLng();
    this.set({ lat: lat + step[0] * by, lng: lng + step[1] * by }, this.mark.getElement());
  }
}

for (const root of document.querySelectorAll("[data-point]")) new PointField(root);

/* A link to a field in a closed section opens the section first */
function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const section = target && target.closest("details");
  if (!section) return;
  section.open = true;
  target.scrollIntoView({ block: "center", behavior: "instant" });
  const fields = [target, ...target.querySelectorAll("input, select, textarea")];
  fields.find((field) => field.matches("input, select, textarea") && field.offsetParent)?.focus({ preventScroll: true });
}
addEventListener("hashchange", reveal);
reveal();
