import { memo, type ReactNode, useContext, useRef } from 'react';
import ReactMarkdown, { type Components, type ExtraProps, type Options } from 'react-markdown';
import { t } from '../../messages/t.ts';
import { CodeBlock } from './code-block.tsx';
import { parseFence } from './code-segments.ts';
import { Maths, MathsSource } from './maths.tsx';
import { parseMaths } from './maths-syntax.ts';
import { type Block, closeOpenMarks, emptySplit, type Split, splitBlocks } from './split-blocks.ts';
import './markdown.css';
import { Check, ImageOff } from 'lucide-react';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import {
	collectText,
	rehypeCaret,
	rehypeNumberColumns,
	rehypePlainTags,
	rehypeShallow,
	remarkPlugins,
} from './markdown-plugins.ts';
import { OutsideLink } from './outside-link.tsx';
import { safeUrl } from './safe-url.ts';
import { rehypeSources, SourceContext } from './source-marks.ts';

const pluginsWhenFinished = [rehypeShallow, rehypePlainTags, rehypeNumberColumns];
const pluginsWhileWriting = [...pluginsWhenFinished, rehypeCaret];

const dropUnsafeUrl = (address: string) => safeUrl(address) ?? '';

/** What of an answer's sources is shown in its text. */
export interface SourceMarks {
	/** Numbers from 1 to this one name a source. */
	readonly known: number;
	/** Quotes that are in no source. */
	readonly quotes: readonly string[];
}

type BlockProps = Omit<Block, 'open'> & { definitions: string; growing: boolean; sources: SourceMarks | undefined };

/** One block. Completed ones never render again. */
const MarkdownBlock = memo(function MarkdownBlock(block: BlockProps) {
	return (
		<div className="md-block" data-continues={block.continues || undefined}>
			{block.kind === 'code' ? (
				<Code text={block.text} />
			) : block.kind === 'maths' ? (
				<DisplayMaths {...block} />
			) : (
				<Text {...block} />
			)}
		</div>
	);
});

function Code({ text }: { text: string }) {
	const { language, code } = parseFence(text);
	return language === 'math' ? <Maths source={code} display /> : <CodeBlock language={language} code={code} />;
}

/** Shows the source while it is being written; maths that is never closed is not maths. */
function DisplayMaths(block: BlockProps) {
	const maths = parseMaths(block.text);
	if (maths !== null) return <Maths {...maths} />;
	return block.growing ? <MathsSource source={block.text} display /> : <Text {...block} />;
}

/** A block this long without a blank line is not prose, so it is shown as plain text; in characters. */
const maxCharacters = 60_000;

/** Quotes and lists nested deeper than anyone writes; the parser and the page would recurse as deep. */
const tooDeepPattern = /^[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*){64,}/m;

function Text({ text, definitions, growing: grows, sources }: BlockProps) {
	if (text.length > maxCharacters || tooDeepPattern.test(text)) return <PlainText text={text} />;
	try {
		// Called, not rendered: it is a pure function, and an error in it must not crash the page.
		return ReactMarkdown({
			remarkPlugins,
			rehypePlugins: [
				...(grows ? pluginsWhileWriting : pluginsWhenFinished),
				...(sources === undefined ? [] : [[rehypeSources, sources] as const]),
			] as NonNullable<Options['rehypePlugins']>,
			components: markdownComponents,
			urlTransform: dropUnsafeUrl,
			children: (grows ? closeOpenMarks(text) : text) + (definitions === '' ? '' : `\n\n${definitions}`),
		});
	} catch {
		return <PlainText text={text} />;
	}
}

function PlainText({ text }: { text: string }) {
	return <p className="whitespace-pre-wrap">{text}</p>;
}

/**
 * A model's text. Raw HTML stays text, images become their address, and links lead out only if they are http(s),
 * after a question that shows the address.
 */
export function Markdown({
	text,
	streaming = false,
	sources,
}: {
	text: string;
	streaming?: boolean;
	/** Keep the same object while it says the same: blocks are drawn again when it changes. */
	sources?: SourceMarks | undefined;
}) {
	const split = useRef<Split>(emptySplit);
	split.current = splitBlocks(text, split.current);
	const { blocks, definitions } = split.current;
	return (
		<div className="md foreign">
			{blocks.map((block, index) => (
				<MarkdownBlock
					// biome-ignore lint/suspicious/noArrayIndexKey: a text only grows at its end, so a block keeps its place
					key={index}
					text={block.text}
					kind={block.kind}
					continues={block.continues}
					definitions={block.kind !== 'code' && block.text.includes('[') ? definitions : ''}
					growing={streaming && index === blocks.length - 1}
					sources={sources}
				/>
			))}
		</div>
	);
}

/** Extracts the language: `language-python` → "python". */
function languageOf(className: unknown): string | null {
	const names = Array.isArray(className) ? className.map(String) : String(className ?? '').split(' ');
	return names.find((name) => name.startsWith('language-'))?.slice('language-'.length) ?? null;
}

/**
 * Gives every heading of an answer one level: answers start at any level, and a page's outline must not skip levels.
 */
function heading(level: number): NonNullable<Components['h1']> {
	return ({ children }) => <h2 data-level={level}>{children}</h2>;
}

/** maths-syntax.ts creates `math`; React's types don't know the element. */
const maths = {
	math({ node }: ExtraProps) {
		if (node === undefined) return null;
		return <Maths source={collectText(node)} display={node.properties.dataDisplay !== undefined} />;
	},
};

function SourceMark({ number, children }: { number: number; children: ReactNode }) {
	const open = useContext(SourceContext);
	if (open === null) return children;
	return (
		<button
			type="button"
			data-source={number}
			aria-label={t('Open source {number}', { number })}
			className="source"
			onClick={() => open(number)}
		>
			{children}
		</button>
	);
}

/** Components that draw the elements of a model's Markdown. */
const markdownComponents: Components = {
	...maths,
	a({ href, children }) {
		const url = safeUrl(href);
		if (url === null) return <span className="dead-link">{children}</span>;
		return <OutsideLink address={url}>{children}</OutsideLink>;
	},
	/** A source that the answer names. */
	cite: ({ node, children }) => <SourceMark number={Number(node?.properties.dataNumber)}>{children}</SourceMark>,
	/** A quote that is in no source. */
	mark: ({ children }) => (
		<mark className="unfound" title={t('This quote is in none of the sources')}>
			{children}
			<span className="sr-only"> {t('(in none of the sources)')}</span>
		</mark>
	),
	/** An image would be a request to someone else's server: show its address and fetch nothing. */
	img({ src, alt }) {
		const url = safeUrl(typeof src === 'string' ? src : undefined);
		const name = alt || t('image');
		return (
			<span className="image-link">
				<Icon of={ImageOff} size={14} />
				{url === null ? <span>{name}</span> : <OutsideLink address={url}>{name}</OutsideLink>}
			</span>
		);
	},
	/** Fences inside lists; top-level fences are handled elsewhere. */
	pre({ node }) {
		const code = node?.children.find((child) => child.type === 'element');
		const language = code?.type === 'element' ? languageOf(code.properties.className) : null;
		return <CodeBlock language={language} code={code === undefined ? '' : collectText(code)} />;
	},
	table({ children }) {
		return (
			<Scroller label={t('Table')} className="table">
				<table>{children}</table>
			</Scroller>
		);
	},
	/** Numbers and bullets appear on the side where the text begins. */
	ul: ({ children }) => <ul dir="auto">{children}</ul>,
	ol: ({ children, start }) => (
		<ol dir="auto" start={start}>
			{children}
		</ol>
	),
	/** Task lists: a symbol with a name instead of a dead form control. */
	input({ checked }) {
		return (
			<span
				className="task"
				role="img"
				aria-label={checked ? t('Done:') : t('To do:')}
				data-checked={checked || undefined}
			>
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
