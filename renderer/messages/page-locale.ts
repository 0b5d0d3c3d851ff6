/** The language in which the page was loaded. It never changes while the page is open: a new choice reloads the page. */
export interface PageLocale {
	/** BCP 47, for <html lang> and plural forms. */
	readonly tag: string;
	readonly direction: 'ltr' | 'rtl';
	/** English message → translation; English itself has none. */
	readonly messages: Readonly<Record<string, string>>;
	/** Replaces the whole catalogue in tests: makes a translation of any message. */
	readonly invent?: (message: string) => string;
}

const english: PageLocale = { tag: 'en', direction: 'ltr', messages: {} };

let current = english;

/** Returns the page's language. */
export function pageLocale(): PageLocale {
	return current;
}

/** Sets the page's language. Called once, before anything is drawn; texts at the top level of modules rely on it. */
export function setPageLocale(locale: PageLocale): void {
	current = locale;
}

/** Returns the locale of numbers: 2,031 in English. */
export function numberLocale(): string {
	return current.tag === 'en' ? 'en-US' : current.tag;
}

/** Returns the locale of dates: 24 Nov 2026 in English. */
export function dateLocale(): string {
	return current.tag === 'en' ? 'en-GB' : current.tag;
}
