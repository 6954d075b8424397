// Fetches the editor, which the browser keeps, so that only these lines travel with the page; and says so when it
// cannot start.
let editor

export default async function (component) {
  try {
    editor ??= await import(new URL(component.data.module, location.origin).href) // this module is a blob: no base to resolve against
    return editor.default(component)
  } catch (error) {
    console.warn("The editor could not start.", error)
    component.setStateValue("failed", { draft: component.data.draft, why: String(error), at: Date.now() })
  }
}
