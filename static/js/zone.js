// The clock beside a choice of time zone shows the hour of the zone just chosen.

const select = document.querySelector("select[name=timezone]");
const clock = document.querySelector("[data-zone-clock] time");

select?.addEventListener("change", () => {
  if (!clock) return;
  try {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: select.value,
    });
    clock.querySelector("[data-clock]").textContent = format.format(new Date());
    clock.dataset.timezone = select.value;
  } catch {
    // A zone this browser does not know: the clock stays at the one before.
  }
});
