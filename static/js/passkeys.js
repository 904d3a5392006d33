// When a device gives no passkey (cancelled, none there, not recognised) the page says so, where the eye is.
document.addEventListener("allauth.error", (event) => {
  const notice = document.querySelector("[data-passkey-refused]");
  if (!notice) return;
  event.preventDefault();
  document.querySelector("main h1")?.after(notice);
  notice.hidden = false;
});
