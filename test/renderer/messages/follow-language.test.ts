import { beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../../electron/contract/settings/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { followLanguage } from '../../../renderer/messages/language.ts';
import { createSettingsStore } from '../../../renderer/settings/settings-store.ts';

const key = 'assay.language';

/** A page that was loaded in the language, over an application with the setting. */
function pageIn(loaded: string, setting: Settings['language'], { keeps = true } = {}) {
	const kept = new Map<string, string>();
	const reload = vi.fn<() => void>();
	const page = {
		document: { documentElement: { lang: loaded } },
		localStorage: {
			getItem: (name: string) => kept.get(name) ?? null,
			setItem: (name: string, value: string) => void (keeps && kept.set(name, value)),
			removeItem: (name: string) => void kept.delete(name),
		},
		location: { reload },
		navigator: { languages: ['en-GB'] },
	} as unknown as Window;
	let stored: Settings = { ...defaultSettings, language: setting };
	const sent: Partial<Settings>[] = [];
	const client = {
		settings: {
			get: async () => stored,
			set: async (part: Partial<Settings>) => {
				sent.push(part);
				stored = { ...stored, ...part };
				return stored;
			},
		},
	};
	const settings = createSettingsStore({ client } as unknown as Connection, () => {});
	followLanguage(settings, page, ['en', 'de', 'fr']);
	const changeElsewhere = async (part: Partial<Settings>): Promise<void> => {
		stored = { ...stored, ...part };
		await settings.refresh();
	};
	return { settings, reload, kept, sent, changeElsewhere };
}

beforeEach(() => {
	vi.useFakeTimers();
	return () => void vi.useRealTimers();
});

describe('the page', () => {
	test('reloads in another language only once the choice is stored', async () => {
		const { settings, reload, kept, sent } = pageIn('en', 'system');
		await settings.refresh();
		settings.change({ language: 'de' });
		expect(kept.get(key)).toBe('de');
		expect(reload).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(0);
		expect(sent).toEqual([{ language: 'de' }]);
		expect(reload).toHaveBeenCalledTimes(1);
	});

	test('reloads for "System" in the system’s language, and keeps nothing in the browser', async () => {
		const { settings, reload, kept } = pageIn('de', 'de');
		await settings.refresh();
		expect(kept.get(key)).toBe('de');
		settings.change({ language: 'system' });
		await vi.advanceTimersByTimeAsync(0);
		expect(kept.has(key)).toBe(false);
		expect(reload).toHaveBeenCalledTimes(1);
	});

	test('stays if the choice means the same language', async () => {
		const { settings, reload } = pageIn('en', 'system');
		await settings.refresh();
		settings.change({ language: 'en' });
		await vi.advanceTimersByTimeAsync(1000);
		expect(reload).not.toHaveBeenCalled();
	});

	test('that was loaded in another language than the settings ask for reloads, before anything is written', async () => {
		const { settings, reload } = pageIn('en', 'fr');
		settings.change({ theme: 'dark' });
		expect(reload).not.toHaveBeenCalled();
		await settings.refresh();
		expect(reload).toHaveBeenCalledTimes(1);
	});

	test('waits for its next load if the choice was made elsewhere', async () => {
		const { settings, reload, kept, changeElsewhere } = pageIn('en', 'system');
		await settings.refresh();
		await changeElsewhere({ language: 'de' });
		await vi.advanceTimersByTimeAsync(1000);
		expect(kept.get(key)).toBe('de');
		expect(reload).not.toHaveBeenCalled();
	});

	test('doesn’t reload for ever in a browser that keeps nothing', async () => {
		const { settings, reload } = pageIn('en', 'de', { keeps: false });
		await settings.refresh();
		expect(reload).not.toHaveBeenCalled();
	});
});
