import en from 'zod/v4/locales/en.js';

/** For a parse whose messages people read: zod/mini says "Invalid input" of everything otherwise, and its setting for that is the whole process's. */
export const IN_ENGLISH = { error: en().localeError };
