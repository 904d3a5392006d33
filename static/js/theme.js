// Runs before the first paint, so that a chosen scheme never flashes. Small on purpose; the switch itself lives in shell.js.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage refused: the system's scheme stays.
  }
  document.documentElement.classList.add("js");
})();
