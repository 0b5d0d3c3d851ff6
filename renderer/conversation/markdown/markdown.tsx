import { memo, useRef } from 'react';
import ReactMarkdown from 'react-markdown';
import { type Block, closeOpenMarks, emptySplit, type Split, splitBlocks } from './blocks.ts';
import { CodeBlock } from './code/code-block.tsx';
import { parseFence } from './code/code-segments.ts';
import { markdownComponents } from './elements.tsx';
import { Maths, MathsSource } from './maths/maths.tsx';
import { parseMaths } from './maths/maths-syntax.ts';
import './markdown.css';
import { rehypeCaret, rehypeNumberColumns, rehypePlainTags, rehypeShallow } from './rehype-plugins.ts';
import { remarkPlugins } from './remark-syntax.ts';
import { safeUrl } from './safe-url.ts';

const finished = [rehypeShallow, rehypePlainTags, rehypeNumberColumns];
const growing = [...finished, rehypeCaret];

const keepSafe = (address: string) => safeUrl(address) ?? '';

type BlockProps = Omit<Block, 'open'> & { definitions: string; growing: boolean };

/** One block. Settled ones never render again. */
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

/** While it is written its source stands there; what is never closed was no maths. */
function DisplayMaths(block: BlockProps) {
	const maths = parseMaths(block.text);
	if (maths !== null) return <Maths {...maths} />;
	return block.growing ? <MathsSource source={block.text} display /> : <Text {...block} />;
}

/** A piece this long without a blank line is no prose: it is shown as it is, in characters. */
const maxCharacters = 60_000;

/** Quotes and lists in each other deeper than anybody writes; the parser and the page would go as deep. */
const tooDeep = /^[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*){64,}/m;

function Text({ text, definitions, growing: grows }: BlockProps) {
	if (text.length > maxCharacters || tooDeep.test(text)) return <PlainText text={text} />;
	try {
		// Called, not rendered: it is a pure function, and what it can't read must not take the page with it.
		return ReactMarkdown({
			remarkPlugins,
			rehypePlugins: grows ? growing : finished,
			components: markdownComponents,
			urlTransform: keepSafe,
			children: (grows ? closeOpenMarks(text) : text) + (definitions === '' ? '' : `\n\n${definitions}`),
		});
	} catch {
		return <PlainText text={text} />;
	}
}

function PlainText({ text }: { text: string }) {
	return <p className="whitespace-pre-wrap">{text}</p>;
}

/** A model's text. Raw HTML stays text, images become their address, links open outside only where they are http(s). */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
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
				/>
			))}
		</div>
	);
}
