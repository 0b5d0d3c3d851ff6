/** An action in a line of text. */
export const textLinkClass = 'rounded-xs text-accent-ink underline underline-offset-2 hover:no-underline';
