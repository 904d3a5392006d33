/* A button that says what it is doing: <button data-busy="Reading…">. Two presses send the form once. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.busy || event.defaultPrevented) return;
  if (button.getAttribute("aria-busy")) return event.preventDefault();
  button.setAttribute("aria-busy", "true");
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy][data-idle]")) {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.idle;
  }
});
