/** Whether Postgres can keep a text: it takes no NUL character, and no half of a surrogate pair in JSON. */
export const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
