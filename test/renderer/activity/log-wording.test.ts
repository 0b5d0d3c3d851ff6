import { afterEach, expect, test } from 'vitest';
import { describePurpose } from '../../../renderer/activity/log-wording.ts';
import { forgetCompiledMessages } from '../../../renderer/messages/compiled-message.ts';
import { type PageLocale, setPageLocale } from '../../../renderer/messages/page-locale.ts';

const english: PageLocale = { tag: 'en', direction: 'ltr', messages: {} };

function use(locale: PageLocale): void {
	forgetCompiledMessages();
	setPageLocale(locale);
}

afterEach(() => use(english));

const purposes = [
	'search for models',
	'files of a/b',
	'header of a file of a/b',
	'download of a.gguf',
	'updates of Assay',
	'an unknown purpose',
	'something of another version',
];

test('the purpose of a request reads as the log keeps it', () => {
	expect(purposes.map(describePurpose)).toEqual(purposes);
});

test('the purpose of a request is translated with the name in it', () => {
	use({ ...english, tag: 'de', messages: { 'download of {file}': 'Herunterladen von {file}' } });
	expect(describePurpose('download of a.gguf')).toBe('Herunterladen von a.gguf');
});
