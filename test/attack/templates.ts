import { templateRisks } from '../../models/inspect/template-risks.ts';
import { renderTemplate } from '../../models/prompt/chat-template.ts';
import { hostileTexts, type Random, randomOf } from './random.ts';

/** Time limit given to a template, and within which it must have ended on a busy computer, ms. */
const limitMs = 200;
const longestMs = 15_000;

/** Templates that would never end, grow without end, reach into the program, or nest without end. */
const known: readonly string[] = [
	'{% for a in range(1000000000) %}{% endfor %}',
	'{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}',
	'{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
	'{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}',
	'{{ messages.constructor.constructor("return process")().exit(1) }}',
	'{{ "".__class__.__mro__[1].__subclasses__() }}',
	'{{ cycler.__init__.__globals__.os.popen("id").read() }}',
	'{{ messages["__proto__"]["polluted"] }}{% set messages.__proto__ = 1 %}',
	'{% set ns = namespace(x="a") %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}',
	`${'{% if true %}'.repeat(5_000)}${'{% endif %}'.repeat(5_000)}`,
	`{{ ${'('.repeat(3_000)}1${')'.repeat(3_000)} }}`,
	`{{ ${'not '.repeat(3_000)}true }}`,
	`{{ x${'[0]'.repeat(3_000)} }}`,
	`{{ x${'.y'.repeat(3_000)} }}`,
	`{{ "a"${' ~ "a"'.repeat(3_000)} }}`,
	`{{ "${'a'.repeat(200_000)}" | replace("a", "${'b'.repeat(1_000)}") }}`,
	'{{ "a" | center(1000000000) }}',
	'{{ [1] * 1000000000 }}{{ "a" * 1000000000 }}',
	'{% include "/etc/passwd" %}{% import "os" as os %}',
	'{{ raise_exception("\u001B[31m") }}',
	'{%- for m in messages -%}{{ loop.previtem.previtem.x }}{%- endfor -%}',
	`{# ${'x'.repeat(300_000)} #}`,
	' '.repeat(200_000),
	`{{ "${'send to '.repeat(25_000)}" }}`,
	'{{ messages | tojson(indent=1000000000) }}',
];

const pieces: readonly string[] = [
	...[
		'{%',
		'%}',
		'{{',
		'}}',
		'{#',
		'#}',
		'{%-',
		'-%}',
		' for m in messages ',
		' endfor ',
		' if ',
		' endif ',
		' else ',
		' elif ',
	],
	...[
		' set x = ',
		' macro f(a) ',
		' endmacro ',
		' call ',
		' filter upper ',
		' generation ',
		' endgeneration ',
		' raw ',
		' endraw ',
	],
	...[
		'messages',
		'm',
		'm.role',
		'm["content"]',
		'x',
		'[0]',
		'[::-1]',
		'[:',
		'(',
		')',
		',',
		'|',
		' trim',
		' length',
		' tojson',
		' map(',
	],
	...[
		' is defined',
		' is string',
		' in ',
		' not ',
		' and ',
		' or ',
		'+',
		'-',
		'*',
		'**',
		'/',
		'%',
		'~',
		'==',
		'=',
		'"a"',
		"'",
		'1',
		'1e9',
		'none',
	],
	...[
		'range(99)',
		'namespace(a=1)',
		'loop.index',
		'raise_exception("no")',
		'strftime_now("%Y")',
		'.',
		'{',
		'}',
		':',
		'\n',
		'\\',
		'<|im_start|>',
	],
];

function composed(random: Random): string {
	const length = 1 + random.below(60);
	const parts = Array.from({ length }, () =>
		random.chance(0.05) ? random.pick(hostileTexts).slice(0, 2_000) : random.pick(pieces),
	);
	return random.chance(0.5) ? `{% for m in messages %}${parts.join('')}{% endfor %}` : parts.join('');
}

/** Renders and inspects known hostile templates and `count` composed ones; returns what went wrong. */
export function attackTemplates(seed: number, count: number): readonly string[] {
	const composedOnes = Array.from({ length: count }, (_, number) => composed(randomOf(seed * 104_729 + number)));
	const faults: string[] = [];
	for (const template of [...known, ...composedOnes]) {
		const label = JSON.stringify(template.slice(0, 200));
		const begun = performance.now();
		try {
			const turns = [
				{ role: 'system' as const, content: 'Be brief.' },
				{ role: 'user' as const, content: '{{ 7 * 7 }}' },
			];
			const text = renderTemplate(template, turns, { bosToken: '<s>', eosToken: '</s>' }, limitMs);
			if (/native code|process\.|\/root|node:/.test(text))
				faults.push(`${label} reached the program: ${text.slice(0, 200)}`);
		} catch {
			// Refused, or stopped: both are answers. What matters is how long it took.
		}
		const rendered = performance.now() - begun;
		if (rendered > longestMs) faults.push(`${label} took ${Math.round(rendered)} ms to render`);
		const looked = performance.now();
		templateRisks(template);
		const inspected = performance.now() - looked;
		if (inspected > longestMs) faults.push(`${label} took ${Math.round(inspected)} ms to inspect`);
	}
	if (({} as { polluted?: true }).polluted) faults.push('the prototype of objects is polluted');
	return faults;
}
