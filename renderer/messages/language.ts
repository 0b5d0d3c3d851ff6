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
	const setting = (localStorage.getItem(storageKey) ?? 'system') as Settings['language'];
	const tag = chooseLanguage(setting, navigator.languages, offeredLanguages());
	const messages = await catalogues[`./${tag}.json`]?.();
	return { tag, direction: 'ltr', messages: messages ?? {} };
}

/** What followLanguage needs of the settings (renderer/settings/settings-store.ts). */
interface LanguageSettings {
	readonly state: Pick<StoreApi<Pick<Settings, 'language'>>, 'subscribe'>;
	/** Whether the application has told them; before, they are the defaults. */
	isFetched(): boolean;
	/** Whether a change of this page is yet to be stored. */
	isPending(): boolean;
	/** Stores changes now; false: not possible. */
	store(): Promise<boolean>;
}

/**
 * Reloads the page when its user chooses another language, or when it was loaded in another one than the settings ask
 * for. A choice made in another window or tab waits for the next load: here, something may be half written.
 */
export function followLanguage(
	settings: LanguageSettings,
	page: Window,
	offered: readonly Language[] = offeredLanguages(),
): () => void {
	const loaded = page.document.documentElement.lang;
	let seen: Settings['language'] | null = null;
	return settings.state.subscribe(({ language }) => {
		if (language === seen || !settings.isFetched() || globalThis.assayPseudoLocale !== undefined) return;
		const isFirst = seen === null;
		seen = language;
		if (language === 'system') page.localStorage.removeItem(storageKey);
		else page.localStorage.setItem(storageKey, language);
		// A browser that keeps nothing would load the same language again, and so on for ever.
		const kept = page.localStorage.getItem(storageKey) ?? 'system';
		if (chooseLanguage(language, page.navigator.languages, offered) === loaded || kept !== language) return;
		if (isFirst) page.location.reload();
		// A page that is loaded before the choice is stored would follow the old one.
		else if (settings.isPending()) void settings.store().then((isStored) => isStored && page.location.reload());
	});
}
