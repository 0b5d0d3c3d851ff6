import type { Risk } from '../contract/inspection.ts';
import { excerptOf, memberNameOf, type Node, nameOf, walk } from './template-syntax.ts';

/** Names that known attacks use to reach Python or JavaScript from inside a template. */
const internals =
	/^(__\w+__|__proto__|constructor|prototype|mro|subclasses|globals|builtins|func_globals|gi_frame|f_globals|popen|getattr|setattr)$/;

/** Objects of Jinja or a web framework that lead to the interpreter and are useless in a chat template. */
const reaching = new Set([
	'cycler',
	'joiner',
	'lipsum',
	'self',
	'request',
	'config',
	'os',
	'sys',
	'subprocess',
	'process',
	'eval',
	'exec',
	'require',
	'globalThis',
	'window',
]);

/** Statements that read other files. */
const files = /{%-?\s*(include|import|extends|from)\b/;

/** Finds access to a value's internals, which runs programs in an engine that runs templates carelessly. */
export function internalRisks(template: string, tree: Node): Risk[] {
	const found = new Map<string, string>();
	walk(tree, (node, around) => {
		const parent = around.at(-1);
		const member = memberNameOf(node);
		if (member !== null && internals.test(member)) found.set(member, member);
		if (node.type === 'Filter' && node.name === 'attr') found.set('attr', '|attr');
		if (node.type === 'Identifier') {
			const name = nameOf(node) ?? '';
			const isTarget = parent?.type === 'Set' && parent.target === node;
			if (!isTarget && (reaching.has(name) || /^__\w+__$/.test(name))) found.set(name, name);
		}
		// Names assembled from pieces to avoid detection.
		if (node.type === 'StringLiteral' && /^__\w*$|^\w*__$/.test(String(node.value))) {
			found.set(String(node.value), String(node.value));
		}
	});
	const risks = [...found].map(
		([name, text]): Risk => ({
			level: 'danger',
			where: 'template',
			message: `The template accesses “${name}”, which in an unsafe program can run code. Assay gives templates no such access.`,
			excerpt: excerptOf(template, text),
		}),
	);
	const file = files.exec(template);
	if (file !== null) {
		risks.push({
			level: 'danger',
			where: 'template',
			message: `The template requests another file (${file[1]}). Assay gives templates no access to files.`,
			excerpt: excerptOf(template, file[0]),
		});
	}
	return risks;
}
