// Comments beside the text. They are kept by the API; the editor, when there is one, marks their places, says what is
// selected, and asks for proposals. The two talk through events of the window ("writer:comments", "writer:commenting").
const panels = new WeakMap()
const WAIT_MS = 20000

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value)
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

class Panel {
  constructor(root) {
    Object.assign(this, { root, comments: [], drawnLive: null })
    this.state = el("p", { class: "state", role: "status" })
    this.body = el("div", {})
    this.made = el("div", {})
    root.replaceChildren(this.state, this.made, this.body)
    root.addEventListener("keydown", (event) => event.stopPropagation()) // the page's own keys are single letters
    this.onopened = ({ detail }) => detail.draft === this.draft && this.show()
    addEventListener("writer:commenting", this.onopened)
  }

  close() {
    removeEventListener("writer:commenting", this.onopened)
    this.tell({ ask: "show", places: [] })
  }

  render({ draft, api, revision, live, me }) {
    const changed = draft !== this.draft || revision !== this.revision || live !== this.live
    Object.assign(this, { draft, api, revision, live, me })
    if (changed) this.load()
    if (live !== this.drawnLive) this.drawNew()
    this.drawnLive = live
  }

  tell(detail) {
    dispatchEvent(new CustomEvent("writer:comments", { detail: { draft: this.draft, ...detail } }))
  }

  async call(method, path = "", body = undefined) {
    const url = `${this.api}/drafts/${encodeURIComponent(this.draft)}/comments${path}`
    const asked = { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(WAIT_MS) }
    try {
      const answer = await fetch(url, asked)
      const said = answer.status === 204 ? null : await answer.json()
      if (!answer.ok) throw new Error(typeof said?.detail === "string" ? said.detail : "This was refused.")
      this.say("")
      return said ?? {}
    } catch (error) {
      this.say(error instanceof TypeError || error.name === "TimeoutError" ? "The server cannot be reached. Nothing is lost: try again." : error.message, true)
      return null
    }
  }

  say(sentence, failed = false) {
    this.state.toggleAttribute("data-failed", failed)
    if (this.state.textContent !== sentence) this.state.textContent = sentence
  }

  async load() {
    const found = await this.call("GET")
    if (!found) return
    this.comments = found
    this.draw()
    this.show()
  }

  async change(...call) {
    const done = await this.call(...call)
    if (done) await this.load()
    return Boolean(done)
  }

  show() {
    if (this.live) this.tell({ ask: "show", places: this.comments.filter((one) => !one.resolved && one.at16 !== null).map((one) => ({ id: one.id, ...placeOf(one) })) })
  }

  drawNew() {
    if (!this.live) return this.made.replaceChildren(el("p", { class: "state" }, "Choose the view “Text” to comment on a selection."))
    this.made.replaceChildren(this.form("Comment on the selection", "Comment", (body) => this.add(body)))
  }

  form(label, action, send) {
    const text = el("textarea", { "aria-label": label, maxlength: "5000" })
    const submitted = async (event) => {
      event.preventDefault()
      const said = text.value
      text.value = "" // what is drawn anew must not be taken for something half written
      if (!(await send(said))) text.value = said
    }
    return el("form", { onsubmit: submitted }, el("label", {}, label), text, el("button", { type: "submit" }, action))
  }

  async add(body) {
    let selected = null
    this.tell({ ask: "selection", answer: (selection) => (selected = selection) })
    if (!selected?.quote.trim()) return this.say("Select the text that the comment is about, then press Comment.", true)
    return this.change("POST", "", { ...selected, body })
  }

  /** A reply that is being written stays where it is. */
  draw() {
    if ([...this.body.querySelectorAll("textarea")].some((text) => text.value)) return
    const open = this.comments.filter((one) => !one.resolved)
    const resolved = this.comments.filter((one) => one.resolved)
    const kept = this.body.querySelector("details")?.open
    const drawn = open.map((one) => this.one(one))
    if (!this.comments.length) drawn.push(el("p", { class: "state" }, "No comments yet."))
    if (resolved.length) drawn.push(el("details", { open: kept && "" }, el("summary", {}, `${resolved.length} resolved`), ...resolved.map((one) => this.one(one))))
    this.body.replaceChildren(...drawn)
  }

  one(comment) {
    const { id, quote, body, replies, resolved, at16, exact } = comment
    const gone = at16 === null
    const act = (label, onclick) => el("button", { type: "button", onclick }, label)
    const words = `“${short(comment.text || quote)}”`
    const box = el("article", { class: resolved ? "comment resolved" : "comment", "data-comment": id, "aria-label": `Comment: ${short(body)}` })
    box.append(
      gone || !this.live ? el("p", { class: "place" }, words) : el("button", { type: "button", class: "place", title: "Select it in the text", onclick: () => this.select(comment, box) }, words),
      this.by(comment.author, comment.created_at),
      el("p", { class: "body" }, body),
    )
    if (gone) box.append(el("p", { class: "note" }, "The text is gone from the draft."))
    else if (!exact) box.append(el("p", { class: "note" }, `The text has changed; it was “${short(quote)}”.`))
    if (replies.length) box.append(el("ul", { class: "replies" }, ...replies.map((reply) => el("li", {}, this.by(reply.author, reply.at), reply.body))))
    const buttons = el("div", { class: "buttons" })
    if (this.live && !gone && !resolved) buttons.append(act("Ask for a proposal", () => this.propose(comment, box)))
    if (!resolved) buttons.append(act("Reply", () => this.reply(comment, box)))
    buttons.append(act(resolved ? "Open again" : "Resolve", () => this.change("PATCH", `/${id}`, { resolved: !resolved })))
    if (resolved) buttons.append(act("Delete", () => this.change("DELETE", `/${id}`)))
    box.append(buttons)
    return box
  }

  by(author, at) {
    const when = new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })
    return el("p", { class: "by" }, `${author === this.me ? "You" : author} · ${when}`)
  }

  select(comment, box) {
    dispatchEvent(new CustomEvent("writer:checks", { detail: { draft: this.draft, ask: "select", place: placeOf(comment), answer: (found) => found || this.gone(box) } }))
  }

  propose(comment, box) {
    const instruction = [comment.body, ...comment.replies.map((reply) => reply.body)].join("\n")
    this.tell({ ask: "propose", place: placeOf(comment), instruction, answer: (found) => found || this.gone(box) })
  }

  reply(comment, box) {
    if (box.querySelector("form")) return box.querySelector("textarea").focus()
    box.append(this.form("Your reply", "Send reply", (body) => this.change("POST", `/${comment.id}/replies`, { body })))
    box.querySelector("textarea").focus()
  }

  gone(box) {
    if (!box.querySelector(".note")) box.append(el("p", { class: "note" }, "The text has changed meanwhile. Save, and look again."))
  }
}

function placeOf({ at16, length16, text }) {
  return { at: at16, length: length16, quote: text }
}

function short(text) {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}

export default function ({ parentElement, data }) {
  let panel = panels.get(parentElement)
  if (!panel) panels.set(parentElement, (panel = new Panel(parentElement.querySelector(".root"))))
  panel.render(data)
  return () => {
    panel.close()
    panels.delete(parentElement)
  }
}
