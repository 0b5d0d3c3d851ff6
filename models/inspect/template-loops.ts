import type { Risk } from '../contract/inspection.ts';
import { excerptOf, isNode, type Node, nameOf, numberOf, walk } from './template-syntax.ts';

/** More rounds than any chat template needs: templates loop over conversations, not numbers. */
const manyRounds = 1_000;

const risk = (message: string, excerpt: string | null): Risk => ({
	level: 'danger',
	where: 'template',
	message,
	excerpt,
});

/** Returns how many numbers a call of range yields; null if unknown beforehand or not such a call. */
function roundsOf(node: unknown): number | null {
	if (!isNode(node) || node.type !== 'Call' || nameOf(node.callee) !== 'range') return null;
	const numbers = Array.isArray(node.args) ? node.args.map(constantValue) : [];
	if (numbers.some((value) => value === null)) return null;
	const [first = 0, second, step = 1] = numbers as number[];
	return Math.abs(second === undefined ? first : second - first) / Math.max(1, Math.abs(step));
}

/** Returns the value of a constant expression; null if it depends on anything. */
function constantValue(node: unknown): number | null {
	const literal = numberOf(node);
	if (literal !== null || !isNode(node)) return literal;
	if (node.type !== 'Arithmetic') return null;
	const [left, right] = [constantValue(node.left), constantValue(node.right)];
	if (left === null || right === null) return null;
	const { operator } = node;
	if (operator === '*') return left * right;
	if (operator === '**') return left ** right;
	return operator === '+' ? left + right : null;
}

/** Finds endless loops, texts that grow without limit, and macros that call themselves. */
export function loopRisks(template: string, tree: Node): Risk[] {
	const risks: Risk[] = [];
	walk(tree, (node, around) => {
		if (node.type === 'For') {
			const outer = around
				.filter(({ type }) => type === 'For')
				.map((loop) => roundsOf(loop.iterable))
				.filter((rounds) => rounds !== null);
			const own = roundsOf(node.iterable);
			const rounds = own === null ? null : [...outer, own].reduce((product, one) => product * one, 1);
			if (rounds !== null && rounds > manyRounds) {
				risks.push(
					risk(
						`A loop runs ${rounds.toLocaleString('en')} times, which could make every prompt very slow.`,
						excerptOf(template, 'range('),
					),
				);
			}
		}
		if (node.type === 'Arithmetic') {
			const times = Math.max(constantValue(node.left) ?? 0, constantValue(node.right) ?? 0);
			const repeatsText = [node.left, node.right].some((side) => isNode(side) && side.type === 'StringLiteral');
			if (node.operator === '*' && repeatsText && times > manyRounds) {
				risks.push(
					risk(`The template repeats a text ${times.toLocaleString('en')} times.`, excerptOf(template, String(times))),
				);
			}
		}
		if (node.type === 'Macro') {
			const name = typeof node.name === 'string' ? node.name : null;
			let calls = false;
			walk(node, (inner) => {
				if (inner.type === 'Call' && nameOf(inner.callee) === name) calls = true;
			});
			// Templates descend into a tool's schema this way; the recursion ends with the schema.
			if (calls && name !== null) {
				risks.push({
					level: 'note',
					where: 'template',
					message: `The macro “${name}” calls itself.`,
					excerpt: excerptOf(template, name),
				});
			}
		}
	});
	return risks;
}
