import { pluralMessage, quoted } from '../../models/contract/message-syntax.ts';
import { messageKey } from '../../renderer/messages/compiled-message.ts';
import { isNode, lineOf, literalText, type Node, nameOf, type SourceFile, visit } from './syntax.ts';

export interface FoundMessage {
	/** Key in the catalogues. */
	readonly key: string;
	/** `path:line` of its first use. */
	readonly place: string;
}

/**
 * Finds the messages of a file: `t('…')`, `<Trans text="…">`, `said\`…\`` and `phrase('…')`. `fault` is told of
 * messages that can't be read from the source.
 */
export function findMessages(source: SourceFile, fault: (text: string) => void): FoundMessage[] {
	const found: FoundMessage[] = [];
	const add = (node: Node, message: string | null, note: string | null): void => {
		const place = `${source.path}:${lineOf(source.text, node.start)}`;
		if (message === null) fault(`${place}: write the message as one literal, so that it can be extracted`);
		else found.push({ key: messageKey(message, note ?? undefined), place });
	};
	const counts = /^import \{[^}]*\bamount\b[^}]*\} from '[^']*\/said\.ts';$/m.test(source.text);
	visit(source.program, (node, [parent]) => {
		// Where it runs, the message holds the plural's forms; from a variable in the template nobody can read them.
		if (
			counts &&
			node.type === 'CallExpression' &&
			nameOf(node.callee) === 'amount' &&
			parent?.type !== 'TemplateLiteral'
		)
			fault(`${source.path}:${lineOf(source.text, node.start)}: put amount() into a template: said\`\${amount(…)}\``);
		if (node.type === 'CallExpression' && isNode(node.callee) && node.callee.type === 'Identifier') {
			const [message, values, note] = node.arguments as Node[];
			if (node.callee.name === 't' && values?.type !== 'SpreadElement')
				add(node, literalText(message), literalText(note));
			if (node.callee.name === 'phrase') add(node, escapedOrNull(literalText(message)), null);
		}
		if (node.type === 'JSXOpeningElement' && nameOf(node.name) === 'Trans') {
			add(node, literalText(attribute(node, 'text')), literalText(attribute(node, 'note')));
		}
		if (node.type === 'TaggedTemplateExpression' && nameOf(node.tag) === 'said') add(node, saidMessage(node), null);
	});
	return found;
}

const escapedOrNull = (text: string | null): string | null => (text === null ? null : quoted(text));

function attribute(element: Node, name: string): unknown {
	const found = (element.attributes as Node[]).find((one) => nameOf(one.name) === name);
	const value = found?.value;
	return isNode(value) && value.type === 'JSXExpressionContainer' ? value.expression : value;
}

/** The message of a `said` template, as `said` itself makes it when it runs. */
function saidMessage(tagged: Node): string | null {
	const { quasis, expressions } = tagged.quasi as unknown as {
		quasis: { value: { cooked: string } }[];
		expressions: Node[];
	};
	let message = quoted(quasis[0]?.value.cooked ?? '');
	for (const [index, expression] of expressions.entries()) {
		const hole = holeMessage(expression, String(index));
		if (hole === null) return null;
		message += hole + quoted(quasis[index + 1]?.value.cooked ?? '');
	}
	return message;
}

function holeMessage(expression: Node, name: string): string | null {
	if (expression.type !== 'CallExpression' || nameOf(expression.callee) !== 'amount') return `{${name}}`;
	const [, one, other] = expression.arguments as Node[];
	const singular = literalText(one);
	const plural = other === undefined ? `${singular}s` : literalText(other);
	return singular === null || plural === null ? null : pluralMessage(name, singular, plural);
}
