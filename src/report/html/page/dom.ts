type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Makes an element with attributes (`true` for one without a value) and children. Strings become text, so data is never read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes))
    if (value !== false) made.setAttribute(attribute, value === true ? '' : String(value));
  made.append(...children);
  return made;
}

/** Calls `draw` once before the next frame, no matter how often it is requested. */
export function onceAFrame(draw: () => void): () => void {
  let isPending = false;
  return () => {
    if (isPending) return;
    isPending = true;
    requestAnimationFrame(() => {
      isPending = false;
      draw();
    });
  };
}
