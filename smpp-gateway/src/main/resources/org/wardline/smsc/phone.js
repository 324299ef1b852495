// The patient's phone: polls the simulator, draws with text nodes only (a text is never markup).
const POLL_MS = 1000;
const $ = (id) => document.getElementById(id);

let open = null; // {number, line, after}
let round = 0;
const seen = new Map(); // number -> last bubble the person has looked at

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer.json();
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawPhones(items) {
  const list = $("phones");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.number : null;
  $("empty").hidden = items.length > 0;
  list.replaceChildren(
    ...items.map((phone) => {
      const unread = !phone.fromPatient && phone.lastNumber > (seen.get(phone.number) ?? 0);
      const button = element("button");
      button.dataset.number = phone.number;
      button.setAttribute("aria-current", String(open?.number === phone.number));
      const name = element("strong", phone.number, unread ? "new" : "");
      if (unread) button.setAttribute("aria-label", `${phone.number}, new text: ${phone.lastText}`);
      button.append(name, element("span", (phone.fromPatient ? "You: " : "") + phone.lastText));
      button.addEventListener("click", () => openPhone(phone.number, phone.line));
      const item = element("li");
      item.append(button);
      return item;
    }),
  );
  if (focused) list.querySelector(`[data-number="${CSS.escape(focused)}"]`)?.focus();
}

function drawBubbles(items) {
  const list = $("bubbles");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  for (const bubble of items) {
    const item = element("li", "", bubble.fromPatient ? "mine fresh" : "fresh");
    const time = new Date(bubble.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const parts = bubble.segments > 1 ? ` · ${bubble.segments} parts` : "";
    const encoding = bubble.encoding === "ucs2" ? " · Unicode" : "";
    item.append(element("p", bubble.text), element("small", time + parts + encoding));
    list.append(item);
  }
  if (items.length > 0 && atEnd) list.scrollTop = list.scrollHeight;
}

function openPhone(number, line) {
  open = { number, line, after: 0 };
  $("who").textContent = number;
  $("with").textContent = `texting with ${line}`;
  $("bubbles").replaceChildren();
  $("problem").textContent = "";
  $("phone").hidden = false;
  document.body.classList.add("open");
  history.replaceState(null, "", `#${number}`);
  refresh();
  $("text").focus();
}

async function refreshBubbles() {
  const phone = open;
  if (!phone) return;
  const answer = await get(
    `/api/messages?to=${encodeURIComponent(phone.number)}&both=1&after=${phone.after}`,
  );
  if (phone !== open || answer.next < phone.after) return;
  const fresh = answer.items.filter((bubble) => bubble.number > phone.after);
  phone.after = answer.next;
  seen.set(phone.number, answer.next);
  const lastFromLine = fresh.findLast((bubble) => !bubble.fromPatient);
  if (lastFromLine && lastFromLine.from !== phone.line) {
    phone.line = lastFromLine.from;
    $("with").textContent = `texting with ${phone.line}`;
  }
  drawBubbles(fresh);
}

async function refresh() {
  const mine = ++round;
  try {
    await refreshBubbles();
    const [phones, stats] = await Promise.all([get("/api/phones"), get("/api/stats")]);
    if (mine !== round) return;
    drawPhones(phones.items);
    // A link like /#+13125550100 opens that phone.
    const linked = !open && phones.items.find((phone) => `#${phone.number}` === location.hash);
    if (linked) openPhone(linked.number, linked.line);
    const links = stats.sessions === 1 ? "1 gateway connected" : `${stats.sessions} gateways connected`;
    $("stats").textContent = `${links} · ${stats.segmentsTaken} parts taken · ${stats.throttled} throttled`;
  } catch {
    $("stats").textContent = "The simulator does not answer.";
  }
}

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!open || !text) return;
  $("problem").textContent = "";
  try {
    await post(`/api/patients/${encodeURIComponent(open.number)}/texts`, { to: open.line, text });
    $("text").value = "";
    await refresh();
    $("bubbles").scrollTop = $("bubbles").scrollHeight;
  } catch (e) {
    $("problem").textContent = e.message;
  }
});

$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});

$("new-phone").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  openPhone(form.get("number"), form.get("line"));
});

$("back").addEventListener("click", () => {
  open = null;
  history.replaceState(null, "", location.pathname);
  $("phone").hidden = true;
  document.body.classList.remove("open");
  refresh();
});

for (const box of document.querySelectorAll("[data-fault]")) {
  box.addEventListener("change", () => post("/api/faults", { [box.dataset.fault]: box.checked }));
}
$("drop").addEventListener("click", () => post("/api/faults", { dropConnections: true }));

refresh();
setInterval(refresh, POLL_MS);
