import { Check, ImageOff } from 'lucide-react';
import type { Components, ExtraProps } from 'react-markdown';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroller.tsx';
import { CodeBlock } from './code/code-block.tsx';
import { Maths } from './maths/maths.tsx';
import { collectText } from './rehype-plugins.ts';
import { safeUrl } from './safe-url.ts';

/** `language-python` → "python". */
function languageOf(className: unknown): string | null {
	const names = Array.isArray(className) ? className.map(String) : String(className ?? '').split(' ');
	return names.find((name) => name.startsWith('language-'))?.slice('language-'.length) ?? null;
}

/** One level for every heading of an answer: answers start at any level, and a page's outline must not skip. */
function heading(level: number): NonNullable<Components['h1']> {
	return ({ children }) => <h2 data-level={level}>{children}</h2>;
}

/** `math` is made by maths-syntax.ts; React's types don't know the element. */
const maths = {
	math({ node }: ExtraProps) {
		if (node === undefined) return null;
		return <Maths source={collectText(node)} display={node.properties.dataDisplay !== undefined} />;
	},
};

/** How the elements of a model's Markdown are drawn. */
export const markdownComponents: Components = {
	...maths,
	a({ href, children }) {
		const url = safeUrl(href);
		if (url === null) return <span className="dead-link">{children}</span>;
		return (
			<a className="link" href={url} title={url} target="_blank" rel="noopener noreferrer nofollow">
				{children}
			</a>
		);
	},
	/** An image is a request to somebody else's server: its address is shown, nothing is fetched. */
	img({ src, alt }) {
		const url = safeUrl(typeof src === 'string' ? src : undefined);
		const name = alt || 'image';
		return (
			<span className="image-link">
				<Icon of={ImageOff} size={14} />
				{url === null ? (
					<span>{name}</span>
				) : (
					<a className="link" href={url} title={url} target="_blank" rel="noopener noreferrer nofollow">
						{name}
					</a>
				)}
			</span>
		);
	},
	/** Fences inside lists; those at the top level never come here. */
	pre({ node }) {
		const code = node?.children.find((child) => child.type === 'element');
		const language = code?.type === 'element' ? languageOf(code.properties.className) : null;
		return <CodeBlock language={language} code={code === undefined ? '' : collectText(code)} />;
	},
	table({ children }) {
		return (
			<Scroller label="Table" className="table">
				<table>{children}</table>
			</Scroller>
		);
	},
	/** Numbers and dots stand on the side where the letters begin. */
	ul: ({ children }) => <ul dir="auto">{children}</ul>,
	ol: ({ children, start }) => (
		<ol dir="auto" start={start}>
			{children}
		</ol>
	),
	/** Task lists: a mark with a name instead of a dead form control. */
	input({ checked }) {
		return (
			<span className="task" role="img" aria-label={checked ? 'Done:' : 'To do:'} data-checked={checked || undefined}>
				{checked ? <Icon of={Check} size={12} /> : null}
			</span>
		);
	},
	h1: heading(1),
	h2: heading(2),
	h3: heading(3),
	h4: heading(4),
	h5: heading(5),
	h6: heading(6),
};
