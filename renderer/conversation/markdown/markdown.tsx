import { memo, useRef } from 'react';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { type Block, closeMarks, noSplit, type Split, splitBlocks } from './blocks.ts';
import { CodeBlock } from './code-block.tsx';
import { parseFence } from './code-segments.ts';
import { components } from './elements.tsx';
import './markdown.css';
import { rehypeCaret, rehypeNumberColumns } from './rehype-plugins.ts';
import { safeUrl } from './safe-url.ts';

const remarkPlugins = [remarkGfm];
const finished = [rehypeNumberColumns];
const growing = [rehypeNumberColumns, rehypeCaret];

const keepSafe = (address: string) => safeUrl(address) ?? '';

/** One block. Settled ones never render again. */
const MarkdownBlock = memo(function MarkdownBlock({
	text,
	definitions,
	code,
	growing: grows,
	continues,
}: Omit<Block, 'open'> & { definitions: string; growing: boolean }) {
	return (
		<div className="md-block" data-continues={continues || undefined}>
			{code ? (
				<CodeBlock {...parseFence(text)} />
			) : (
				<ReactMarkdown
					remarkPlugins={remarkPlugins}
					rehypePlugins={grows ? growing : finished}
					components={components}
					urlTransform={keepSafe}
				>
					{(grows ? closeMarks(text) : text) + (definitions === '' ? '' : `\n\n${definitions}`)}
				</ReactMarkdown>
			)}
		</div>
	);
});

/** A model's text. Raw HTML stays text, images become their address, links open outside only where they are http(s). */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
	const split = useRef<Split>(noSplit);
	split.current = splitBlocks(text, split.current);
	const { blocks, definitions } = split.current;
	return (
		<div className="md">
			{blocks.map((block, index) => (
				<MarkdownBlock
					// biome-ignore lint/suspicious/noArrayIndexKey: a text only grows at its end, so a block keeps its place
					key={index}
					text={block.text}
					code={block.code}
					continues={block.continues}
					definitions={!block.code && block.text.includes('[') ? definitions : ''}
					growing={streaming && index === blocks.length - 1}
				/>
			))}
		</div>
	);
}
