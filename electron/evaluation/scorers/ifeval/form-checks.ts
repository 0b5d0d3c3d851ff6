import { compileLinear, countMatches, findOne, quotePattern } from '../../../prompt/answer/linear-regex.ts';
import { type Check, numberOf, textOf } from './arguments.ts';
import { isBlank, isPythonJson, spaceClass, strip } from './python.ts';

const starBullet = compileLinear(`^${spaceClass}*\\*[^*].*$`, { multiline: true });
const dashBullet = compileLinear(`^${spaceClass}*-.*$`, { multiline: true });
const placeholder = compileLinear('\\[.*?\\]');
const title = compileLinear('<<([^\\n]+)>>');
const doublePostscript = compileLinear(`${spaceClass}*p\\.${spaceClass}?p\\.${spaceClass}?s.*$`, { multiline: true });
const postscript = compileLinear(`${spaceClass}*p\\.${spaceClass}?s\\..*$`, { multiline: true });

const constrained = ['My answer is yes.', 'My answer is no.', 'My answer is maybe.'];

/** What a response looks like: marks, parts, JSON. */
export const formChecks: Readonly<Record<string, Check>> = {
	'length_constraints:number_paragraphs': (response, args) => {
		const wanted = numberOf(args, 'num_paragraphs');
		if (wanted === null) return null;
		const pieces = response.split('***');
		const outer = [0, pieces.length - 1];
		const blank = pieces.flatMap((piece, index) => (isBlank(piece) ? [index] : []));
		if (blank.some((index) => !outer.includes(index))) return false;
		return pieces.length - blank.length === wanted;
	},
	'detectable_content:number_placeholders': (response, args) => {
		const wanted = numberOf(args, 'num_placeholders');
		return wanted === null ? null : countMatches(placeholder, response) >= wanted;
	},
	'detectable_content:postscript': (response, args) => {
		const marker = textOf(args, 'postscript_marker');
		if (marker === null) return null;
		const text = response.toLowerCase();
		if (marker === 'P.P.S') return countMatches(doublePostscript, text) > 0;
		if (marker === 'P.S.') return countMatches(postscript, text) > 0;
		return countMatches(compileLinear(quotePattern(marker.toLowerCase())), text) > 0;
	},
	'detectable_format:number_bullet_lists': (response, args) => {
		const wanted = numberOf(args, 'num_bullets');
		return wanted === null ? null : countMatches(starBullet, response) + countMatches(dashBullet, response) === wanted;
	},
	'detectable_format:constrained_response': (response) => constrained.some((text) => strip(response).includes(text)),
	'detectable_format:number_highlighted_sections': (response, args) => {
		const wanted = numberOf(args, 'num_highlights');
		if (wanted === null) return null;
		const single = response.match(/\*[^\n*]*\*/g) ?? [];
		const double = response.match(/\*\*[^\n*]*\*\*/g) ?? [];
		const filled = [...single, ...double].filter((text) => !isBlank(text.replaceAll('*', '')));
		return filled.length >= wanted;
	},
	'detectable_format:multiple_sections': (response, args) => {
		const wanted = numberOf(args, 'num_sections');
		const splitter = textOf(args, 'section_spliter');
		if (wanted === null || splitter === null) return null;
		return countMatches(compileLinear(`${quotePattern(strip(splitter))}${spaceClass}?[\\p{Nd}]+`), response) >= wanted;
	},
	'detectable_format:json_format': (response) => {
		let text = strip(response);
		for (const prefix of ['```json', '```Json', '```JSON', '```']) {
			if (text.startsWith(prefix)) text = text.slice(prefix.length);
		}
		return isPythonJson(strip(text.endsWith('```') ? text.slice(0, -3) : text));
	},
	'detectable_format:title': (response) => {
		// A match is as long as it can be, so each line has one at most; the first that says something is enough.
		return response.split('\n').some((line) => {
			const [whole] = findOne(title, line, 'first') ?? [];
			return whole !== undefined && whole !== null && !isBlank(whole.replace(/^<+/, '').replace(/>+$/, ''));
		});
	},
	'combination:two_responses': (response) => {
		const pieces = response.split('******');
		const filled = pieces.filter((piece) => !isBlank(piece));
		const middleBlank = pieces.some((piece, index) => index > 0 && index < pieces.length - 1 && isBlank(piece));
		return !middleBlank && filled.length === 2 && strip(filled[0]!) !== strip(filled[1]!);
	},
};
