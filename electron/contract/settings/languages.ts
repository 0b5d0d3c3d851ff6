/** Languages that the page can have, each with its own name for itself. English is the source: it needs no catalogue. */
export const languages = {
	en: 'English',
	de: 'Deutsch',
	fr: 'Français',
	es: 'Español',
	ja: '日本語',
	'zh-Hans': '简体中文',
} as const;

export type Language = keyof typeof languages;

export const languageTags = Object.keys(languages) as [Language, ...Language[]];
