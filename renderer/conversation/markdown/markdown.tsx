import { memo, useRef } from 'react';
import ReactMarkdown from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import remarkGfm from 'remark-gfm';
import { type Block, closeMarks, noSplit, type Split, splitBlocks } from './blocks.ts';
import { components } from './elements.tsx';
import './markdown.css';
import { rehypeCaret, rehypeNumberColumns } from './rehype-plugins.ts';
import { safeUrl } from './safe-url.ts';

/** Code that still grows is coloured up to this many characters; above, it waits for its end. */
const maxGrowingCode = 3_000;

const highlight: [typeof rehypeHighlight, { detect: false }] = [rehypeHighlight, { detect: false }];
const remarkPlugins = [remarkGfm];
const finished = [highlight, rehypeNumberColumns];
const growing = [highlight, rehypeNumberColumns, rehypeCaret];
const growingPlain = [rehypeNumberColumns, rehypeCaret];

const keepSafe = (address: string) => safeUrl(address) ?? '';

/** One block. Settled ones never render again. */
const MarkdownBlock = memo(function MarkdownBlock({
	text,
	definitions,
	code,
	growing: grows,
	continues,
}: Omit<Block, 'open'> & { definitions: string; growing: boolean }) {
	const source = grows && !code ? closeMarks(text) : text;
	const plain = code && grows && text.length > maxGrowingCode;
	return (
		<div className="md-block" data-continues={continues || undefined}>
			<ReactMarkdown
				remarkPlugins={remarkPlugins}
				rehypePlugins={plain ? growingPlain : grows ? growing : finished}
				components={components}
				urlTransform={keepSafe}
			>
				{definitions === '' ? source : `${source}\n\n${definitions}`}
			</ReactMarkdown>
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
