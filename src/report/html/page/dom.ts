type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element with attributes (`true` for one without a value) and children. Text is only ever text: no markup comes from data. */
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

/** Calls `draw` once before the next frame, however often it is asked for. */
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
