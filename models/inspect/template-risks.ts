import type { Risk } from '../contract/inspection.ts';
import { TimeLimitReached, withinTime } from '../time-limit.ts';
import { hiddenCharacters } from './hidden-characters.ts';
import { internalRisks } from './template-internals.ts';
import { loopRisks } from './template-loops.ts';
import { treeOf } from './template-syntax.ts';
import { textRisks } from './template-texts.ts';

/** The longest known template of a model has about 20,000 characters. */
const longestUsual = 65_536;
/** Longer templates are not parsed: it would take long, which may be their purpose. */
const longestRead = 262_144;
/** Far more than a template that people write takes to look at, ms. */
const longestMs = 2_000;

const risk = (level: Risk['level'], message: string, excerpt: string | null = null): Risk => ({
	level,
	where: 'template',
	message,
	excerpt,
});

/**
 * Returns the suspicious parts of a chat template, worst first. The template is parsed, never run. Templates of
 * well-known models must have no risks, because people ignore a warning that always appears.
 */
export function templateRisks(template: string): Risk[] {
	const risks: Risk[] = [];
	const hidden = hiddenCharacters(template);
	if (hidden !== null) risks.push(risk('danger', `The template contains ${hidden.what}.`, hidden.excerpt));
	if (template.length > longestRead) {
		risks.push(
			risk('danger', `The template has ${template.length.toLocaleString('en')} characters, too many to check.`),
		);
		return risks;
	}
	if (template.length > longestUsual) {
		risks.push(
			risk('warning', `The template has ${template.length.toLocaleString('en')} characters; most have a few thousand.`),
		);
	}
	risks.push(...risksInside(template));
	const order = { danger: 0, warning: 1, note: 2 };
	const once = new Map(risks.map((one) => [one.message, one]));
	return [...once.values()].toSorted((a, b) => order[a.level] - order[b.level]);
}

/** What its expressions and texts do. A file's maker chooses how long that takes to see, so it has a limit. */
function risksInside(template: string): Risk[] {
	try {
		return withinTime(longestMs, () => {
			const tree = treeOf(template);
			if (tree === null)
				return [
					risk('warning', 'The template is not valid Jinja, so chatting will fail.', template.trim().slice(0, 160)),
				];
			return [...internalRisks(template, tree), ...loopRisks(template, tree), ...textRisks(template, tree)];
		});
	} catch (error) {
		if (error instanceof TimeLimitReached)
			return [risk('danger', 'Checking the template took too long, which may be intended, so it was not checked.')];
		// An expression inside an expression inside an expression.
		if (error instanceof RangeError) return [risk('danger', 'The template is nested too deeply to check.')];
		throw error;
	}
}
