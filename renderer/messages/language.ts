import type { StoreApi } from 'zustand/vanilla';
import { type Language, languages } from '../../electron/contract/settings/languages.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import { type PageLocale, setPageLocale } from './page-locale.ts';

const catalogues = import.meta.glob<Record<string, string>>('./*.json', { import: 'default' });

/**
 * Remembers a choice for the next start, which draws the page before the settings arrive. The system's language needs
 * no memory: the page then keeps nothing in the browser.
 */
const storageKey = 'assay.language';

/** Set by tests and screenshots before the page's own script: `long` or `rtl`. */
declare global {
	var assayPseudoLocale: 'long' | 'rtl' | undefined;
}

/** Returns the languages that can be chosen: those with a catalogue, and English. */
export function offeredLanguages(): Language[] {
	return (Object.keys(languages) as Language[]).filter((tag) => tag === 'en' || `./${tag}.json` in catalogues);
}

/** Returns the offered language for a setting; 'system' is the first of the browser's languages that is offered. */
export function chooseLanguage(
	setting: Settings['language'],
	wanted: readonly string[],
	offered: readonly Language[],
): Language {
	if (setting !== 'system') return offered.includes(setting) ? setting : 'en';
	for (const one of wanted) {
		const { language, script } = new Intl.Locale(one).maximize();
		const found = offered.find((tag) => {
			const own = new Intl.Locale(tag).maximize();
			return own.language === language && own.script === script;
		});
		if (found !== undefined) return found;
	}
	return 'en';
}

/** Loads the catalogue of the language that was last chosen here and marks the document with it. */
export async function loadLanguage(root: HTMLElement): Promise<void> {
	const locale = await localeToLoad();
	root.lang = locale.tag;
	root.dir = locale.direction;
	setPageLocale(locale);
}

async function localeToLoad(): Promise<PageLocale> {
	if (globalThis.assayPseudoLocale !== undefined) {
		const { pseudoLocale } = await import('./pseudo-locale.ts');
		return pseudoLocale(globalThis.assayPseudoLocale);
	}
	const tag = languageOf((localStorage.getItem(storageKey) ?? 'system') as Settings['language']);
	const messages = await catalogues[`./${tag}.json`]?.();
	return { tag, direction: 'ltr', messages: messages ?? {} };
}

function languageOf(setting: Settings['language']): Language {
	return chooseLanguage(setting, navigator.languages, offeredLanguages());
}

/** Reloads the page when the setting asks for another language than the one it was loaded in. */
export function followLanguage(settings: StoreApi<Settings>, page: Window): () => void {
	const loaded = page.document.documentElement.lang;
	let seen: Settings['language'] | null = null;
	return settings.subscribe(({ language }) => {
		if (language === seen || globalThis.assayPseudoLocale !== undefined) return;
		seen = language;
		if (language === 'system') page.localStorage.removeItem(storageKey);
		else page.localStorage.setItem(storageKey, language);
		// A browser that keeps nothing would load the same language again, and so on for ever.
		const kept = page.localStorage.getItem(storageKey) ?? 'system';
		if (languageOf(language) !== loaded && kept === language) page.location.reload();
	});
}
