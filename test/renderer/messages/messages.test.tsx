import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, test } from 'vitest';
import { phrase, quoted } from '../../../models/contract/message-syntax.ts';
import { matchCommand } from '../../../renderer/app/fuzzy-match.ts';
import { formatBytes, formatCount, formatDate, formatNumber } from '../../../renderer/design/format.ts';
import { compiledMessage, forgetCompiledMessages } from '../../../renderer/messages/compiled-message.ts';
import { withEnglish } from '../../../renderer/messages/english.ts';
import { chooseLanguage } from '../../../renderer/messages/language.ts';
import { type PageLocale, setPageLocale } from '../../../renderer/messages/page-locale.ts';
import { pseudoLocale } from '../../../renderer/messages/pseudo-locale.ts';
import { t, translate } from '../../../renderer/messages/t.ts';
import { Trans } from '../../../renderer/messages/trans.tsx';

const english: PageLocale = { tag: 'en', direction: 'ltr', messages: {} };

function use(locale: Partial<PageLocale>): void {
	forgetCompiledMessages();
	setPageLocale({ ...english, ...locale });
}

afterEach(() => use(english));

const samples = '{count, plural, one {# sample} other {# samples}}';

describe('a message', () => {
	test('in English is its own text, with values and plurals', () => {
		expect(t('Save')).toBe('Save');
		expect(t('{name} was deleted', { name: 'A' })).toBe('A was deleted');
		expect(t('{count, plural, one {# sample} other {# samples}} of {name}', { count: 1, name: 'A' })).toBe(
			'1 sample of A',
		);
		expect(t(samples, { count: 2031 })).toBe('2,031 samples');
		expect(t("Can't read '{'{name}'}', it doesn't open", { name: 'A' })).toBe("Can't read {A}, it doesn't open");
	});

	test('is translated, with the plural forms of the language', () => {
		const messages = {
			[samples]: '{count, plural, one {# Beispiel} other {# Beispiele}}',
			'Open ⟨not closed⟩': 'Offen',
			"Parts '{'a'}'": "Teile '{'a'}'",
		};
		use({ tag: 'de', messages });
		expect(t(samples, { count: 1 })).toBe('1 Beispiel');
		expect(t(samples, { count: 2031 })).toBe('2.031 Beispiele');
		expect(t('Open', {}, 'not closed')).toBe('Offen');
		expect(t('Open')).toBe('Open');
		expect(translate(phrase('Parts {a}'))).toBe('Teile {a}');
		expect(translate('Unknown to the catalogue {')).toBe('Unknown to the catalogue {');
	});

	test.each(['{{input}}', "{'a'}", "it's '", "''", "'{a}'", '<b>{a}</b>', "}'s <- {'", "'<a>'"])(
		'holds %s as plain text, also beside a value',
		(text) => {
			use({ tag: 'de', messages: { [quoted(text)]: quoted(text) } });
			expect(translate(phrase(text))).toBe(text);
			const message = `${quoted(text)}{0}${quoted(text)}`;
			expect(compiledMessage(message).format({ 0: 'value' })).toBe(`${text}value${text}`);
		},
	);

	test('asks for its values by name and kind', () => {
		expect(t("Insert '{{'{name}'}}' or {other}'s", { name: 'a', other: 'b' })).toBe("Insert {{a}} or b's");
		// @ts-expect-error the value is missing
		expect(() => t('{name} was deleted')).toThrow();
		// @ts-expect-error the name is wrong
		expect(() => t('{name} was deleted', { nam: 'A' })).toThrow();
		// @ts-expect-error a plural needs a number
		t('{count, plural, one {# sample} other {# samples of {name}}}', { count: '1', name: 'A' });
		t('{count, plural, one {# sample} other {# samples of {name}}} in {place}', { count: 1, name: 'A', place: 'B' });
		const made: string = samples;
		// @ts-expect-error extraction needs a literal
		expect(() => t(made)).toThrow();
	});

	test('with elements keeps them where the translation puts them', () => {
		use({ tag: 'de', messages: { 'Read the <link>guide</link> of {name}.': '{name}: <link>Anleitung</link> lesen.' } });
		const node = (
			<Trans
				text="Read the <link>guide</link> of {name}."
				values={{ link: (words) => <a href="#guide">{words}</a>, name: <b>A</b> }}
			/>
		);
		expect(renderToStaticMarkup(node)).toBe('<b>A</b>: <a href="#guide">Anleitung</a> lesen.');
	});
});

test('a command is found by its words in the page’s language and in English', () => {
	use({ tag: 'de', messages: { Quantise: 'Quantisieren', 'compress smaller': 'verkleinern komprimieren' } });
	const known = withEnglish(t('compress smaller'));
	expect(known).toBe('verkleinern komprimieren compress smaller');
	expect(matchCommand('komprimieren', t('Quantise'), known)).not.toBeNull();
	expect(matchCommand('smaller', t('Quantise'), known)).not.toBeNull();
	expect(withEnglish('Name of a model')).toBe('Name of a model');
	use({});
	expect(withEnglish(t('Quantise'))).toBe('Quantise');
});

test('numbers and dates are written as the page’s language does', () => {
	use({ tag: 'de' });
	expect(formatCount(-2031)).toBe('−2.031');
	expect(formatBytes(98_362_432)).toBe('98,4 MB');
	expect(formatNumber(0.5, 2)).toBe('0,50');
	expect(formatDate(new Date(2026, 10, 24).getTime())).toBe('24. Nov. 2026');
});

describe('the language', () => {
	const offered = ['en', 'de', 'zh-Hans'] as const;

	test('is the one chosen, or English if it has no catalogue', () => {
		expect(chooseLanguage('de', ['fr'], offered)).toBe('de');
		expect(chooseLanguage('ja', ['de'], offered)).toBe('en');
	});

	test('of the system is the first that is offered, in its script', () => {
		expect(chooseLanguage('system', ['fr-FR', 'de-AT', 'en-US'], offered)).toBe('de');
		expect(chooseLanguage('system', ['zh-CN'], offered)).toBe('zh-Hans');
		expect(chooseLanguage('system', ['zh-TW', 'en-GB'], offered)).toBe('en');
		expect(chooseLanguage('system', [], offered)).toBe('en');
	});
});

test('the pseudo-locales change words only, and the long one makes them 40 % longer', () => {
	use(pseudoLocale('long'));
	const text = t('This file holds {count, plural, one {# model} other {# models}} and nothing besides', { count: 2 });
	expect(text).toContain('2 m');
	expect(text.length / 'This file holds 2 models and nothing besides'.length).toBeGreaterThan(1.25);
	use(pseudoLocale('rtl'));
	expect(t('Delete {name}?', { name: 'file.gguf' })).toContain('file.gguf');
});
