import type { Risk } from '../contract/inspection.ts';
import { excerptOf, isNode, memberNameOf, type Node, nameOf, walk } from './template-syntax.ts';

/** Instructions that no model's maker puts into a chat template: about other instructions, the user, or secrets. */
const orders: readonly RegExp[] = [
	/\b(ignore|disregard|forget|override)\b[^.!?\n]{0,40}\b(previous|prior|above|earlier|other|user'?s?|system)\b/i,
	/\b(do not|don't|never|must not)\b[^.!?\n]{0,30}\b(tell|reveal|mention|disclose|inform|let)\b[^.!?\n]{0,30}\b(user|human|person|anyone|this|these|instructions?)\b(?! about (?:function|tool) calls)/i,
	/\b(secretly|covertly|silently|without (telling|informing|notifying))\b/i,
	/\balways\b[^.!?\n]{0,40}\b(recommend|promote|advertis|praise|link to|insert|append|suggest (buying|using))/i,
	/\b(send|forward|upload|transmit|exfiltrate|post)\b[^.!?\n]{0,60}\b(to|via)\b[^.!?\n]{0,20}(https?:|www\.|[\w.]+@[\w.]+|server|endpoint|webhook)/i,
	/\b(password|api[ _-]?key|secret key|credit card|private key|access token)s?\b/i,
];

const address = /\b(?:https?|ftp|wss?):\/\/[^\s'"<>)}\]]+/i;

/** Fields of contents that are not text; templates ask whether a content has them. */
const partNames = new Set(['audio', 'blocks', 'image', 'image_url', 'parts', 'text', 'value', 'video', 'video_url']);

/** Returns whether a text is a format's delimiter or field; a template may well search messages for those. */
const isMark = (text: string): boolean =>
	!/^[\p{L}\p{N}\s'’,.?!-]{3,}$/u.test(text) ||
	/^(tool|function|assistant|user|system|think)/i.test(text) ||
	partNames.has(text);

/** Length from which a template's own text can change a model's answers, characters. */
const ownTextLength = 60;

/** Returns the two sides of each of a comparison's operators. */
function comparisonsOf(node: Node): { readonly operator: unknown; readonly left: unknown; readonly right: unknown }[] {
	if (node.type !== 'Compare' || !Array.isArray(node.comparisons)) return [];
	let left: unknown = node.left;
	return node.comparisons.filter(isNode).map(({ operator, right }) => {
		const sides = { operator, left, right };
		left = right;
		return sides;
	});
}

/** Returns whether an expression is the content of a message. */
function isContent(node: unknown): boolean {
	if (!isNode(node)) return false;
	if (node.type === 'Attribute' || node.type === 'Item') {
		return memberNameOf(node) === 'content' || isContent(node.object);
	}
	if (node.type === 'Call') return isContent(node.callee);
	if (node.type === 'Filter') return isContent(node.operand);
	return nameOf(node) === 'content';
}

/** Returns whether text in the node is an error message or belongs to tool use. */
function isErrorOrToolText(node: Node): boolean {
	if (node.type === 'Call') return nameOf(node.callee) === 'raise_exception';
	if (node.type !== 'If') return false;
	let tools = false;
	walk(node.test as Node, (inner) => {
		if (/tool|function|document/.test(nameOf(inner) ?? memberNameOf(inner) ?? '')) tools = true;
	});
	return tools;
}

const risk = (level: Risk['level'], message: string, excerpt: string | null): Risk => ({
	level,
	where: 'template',
	message,
	excerpt,
});

/**
 * Finds texts that a template adds: instructions hidden from the user, addresses, and conditions on the user's words.
 */
export function textRisks(template: string, tree: Node): Risk[] {
	const risks: Risk[] = [];
	const texts: string[] = [];
	/** Written in a plain conversation too, without tools. */
	const own: string[] = [];
	walk(tree, (node, around) => {
		const parent = around.at(-1);
		for (const { operator, left, right } of comparisonsOf(node)) {
			const word = /^(in|not in)$/.test(String(operator)) && isContent(right) ? nameOf(left) : null;
			if (word !== null && !isMark(word)) {
				risks.push(
					risk(
						'danger',
						`The template changes the prompt when you write “${word.slice(0, 60)}”.`,
						excerptOf(template, word),
					),
				);
			}
		}
		if ((node.type !== 'StringLiteral' && node.type !== 'Text') || typeof node.value !== 'string') return;
		// Compared, not written.
		if (parent?.type === 'Compare' || parent?.type === 'Comparison') return;
		texts.push(node.value);
		if (!around.some(isErrorOrToolText)) own.push(node.value);
	});
	for (const text of texts) {
		const order = orders.map((pattern) => pattern.exec(text)).find((match) => match !== null);
		if (order !== undefined && order !== null) {
			risks.push(
				risk(
					'danger',
					`The template gives the model a hidden instruction: “${order[0].slice(0, 120)}”.`,
					text.trim().slice(0, 300),
				),
			);
		}
		const url = address.exec(text);
		if (url !== null)
			risks.push(
				risk(
					'warning',
					`The template adds the address ${url[0].slice(0, 100)} to every prompt.`,
					excerptOf(template, url[0]),
				),
			);
	}
	const long = own.filter((text) => text.trim().length >= ownTextLength && /\p{L}\p{L} \p{L}\p{L}/u.test(text));
	if (long.length > 0 && risks.length === 0) {
		const longest = long.reduce((a, b) => (b.length > a.length ? b : a));
		risks.push(
			risk(
				'note',
				'The template adds its own text to prompts, e.g. a system message if you give none.',
				longest.trim().slice(0, 300),
			),
		);
	}
	return risks;
}
