/** What every payload tries to run; a test looks whether it did. Written so that it works in an attribute, too. */
export const attack = 'globalThis.__attacked=1';

/** Where every payload tries to send something; a test looks whether anybody asked for it. */
export const evil = 'https://evil.example';
