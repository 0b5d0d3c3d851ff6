import { describe, expect, test } from 'vitest';
import { catalogueFaults, updatedCatalogue } from '../../../scripts/messages/catalogues.ts';
import { convertSource } from '../../../scripts/messages/convert-source.ts';
import { findMessages } from '../../../scripts/messages/find-messages.ts';
import { parseSource } from '../../../scripts/messages/syntax.ts';

const page = (text: string) => convertSource(parseSource('renderer/x/y.tsx', text));
const body = (text: string): string => page(text).text.replace(/^import .*\n/gm, '');

describe('the conversion of a page’s source', () => {
	test.each([
		['const a = <p>Save it</p>;', "const a = <p>{t('Save it')}</p>;"],
		[
			'const a = <B label="Save it" className="flex gap-2" />;',
			`const a = <B label={t('Save it')} className="flex gap-2" />;`,
		],
		['const a = <B>{x ? "Saving" : "Save"}</B>;', "const a = <B>{x ? t('Saving') : t('Save')}</B>;"],
		['const a = <B><Icon of={X} /> Save</B>;', "const a = <B><Icon of={X} />{' '}{t('Save')}</B>;"],
		[
			"const a = <p>You have {formatQuantity(a.b.count, 'file')} left.</p>;",
			"const a = <p>{t('You have {count, plural, one {# file} other {# files}} left.', { count: a.b.count })}</p>;",
		],
		[
			'const a = <p>Read the <a href="#x">guide</a>.</p>;',
			'const a = <p><Trans text="Read the <a>guide</a>." values={{ a: (words) => <a href="#x">{words}</a> }} /></p>;',
		],
		[
			// biome-ignore lint/suspicious/noTemplateCurlyInString: source text
			"toasts.fail(`${formatBytes(file.size)} of ${name} can't be read`);",
			'toasts.fail(t("{size} of {name} can\'t be read", { size: formatBytes(file.size), name }));',
		],
		["const a = [{ value: 'x', label: 'Everything' }];", "const a = [{ value: 'x', label: t('Everything') }];"],
		['const a = <code>assay --json file</code>;', 'const a = <code>assay --json file</code>;'],
		["if (kind === 'Some kind of') go('a-b', 'models');", "if (kind === 'Some kind of') go('a-b', 'models');"],
	])('%s', (before, after) => {
		expect(body(before)).toBe(after);
		expect(page(page(before).text).converted).toBe(0);
	});

	test('leaves a sentence with a condition in it to a person', () => {
		// biome-ignore lint/suspicious/noTemplateCurlyInString: source text
		const { converted, left } = page("toasts.fail(`Saved${path === '' ? '' : ` as ${path}`} here`);");
		expect(converted).toBe(0);
		expect(left.map(({ why }) => why)).toContain('a sentence with a condition in it');
	});
});

test('a failure of the main process is said', () => {
	const failure = "{ code: 'a', message: `No #{name}`, next: ['Try again'] }".replace('#', '$');
	const source = parseSource('electron/x/y.ts', `throw new Failure(${failure});`);
	expect(convertSource(source).text).toContain('message: said`No #{name}`, next: [said`Try again`]'.replace('#', '$'));
});

test('extraction reads every kind of message, as it is made when the program runs', () => {
	const faults: string[] = [];
	const text = [
		"t('Open', {}, 'not closed');",
		'const a = <Trans text="Read <a>it</a>" values={{}} />;',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: source text
		"said`${amount(n, 'entry', 'entries')} of {${name}}`;",
		't(made);',
	].join('\n');
	const found = findMessages(parseSource('renderer/x.tsx', text), (fault) => faults.push(fault));
	expect(found.map(({ key }) => key)).toEqual([
		'Open ⟨not closed⟩',
		'Read <a>it</a>',
		"{0, plural, one {# entry} other {# entries}} of '{'{1}'}'",
	]);
	expect(faults).toHaveLength(1);
});

test('a catalogue with a gap, other values or too few plural forms is refused', () => {
	const messages = new Map([
		['Save', 'a.tsx:1'],
		['Delete {name}', 'a.tsx:2'],
		['{n, plural, one {# file} other {# files}}', 'a.tsx:3'],
	]);
	const good = {
		Save: 'S',
		'Delete {name}': '{name} löschen',
		'{n, plural, one {# file} other {# files}}': '{n, plural, one {# D} other {# D}}',
	};
	expect(catalogueFaults('de', good, messages)).toEqual([]);
	expect(
		catalogueFaults(
			'ja',
			{ ...good, '{n, plural, one {# file} other {# files}}': '{n, plural, other {# 件}}' },
			messages,
		),
	).toEqual([]);
	expect(
		catalogueFaults(
			'de',
			{ Old: 'x', 'Delete {name}': '{nam} {', '{n, plural, one {# file} other {# files}}': '{n, plural, other {#}}' },
			messages,
		),
	).toHaveLength(4);
	expect(updatedCatalogue({ Save: 'S', Old: 'x' }, messages.keys())).toEqual({
		Save: 'S',
		'Delete {name}': '',
		'{n, plural, one {# file} other {# files}}': '',
	});
});
