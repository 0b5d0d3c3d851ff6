import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { Check, Copy } from 'lucide-react';
import { memo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { Button } from '../../design/button.tsx';
import { Scroller } from '../../design/scroller.tsx';
import { codeSegments } from './code-segments.ts';
import { useHighlighter } from './highlighter.ts';
import { useCopy } from './use-copy.ts';

/** Code in a well: language at the left, Copy at the right. Long lines scroll; the page does not. */
export function CodeBlock({ language, code }: { language: string | null; code: string }) {
	const { copied, copy } = useCopy();
	return (
		<figure className="code">
			<figcaption>
				<span className="min-w-0 flex-1 truncate">{language ?? 'text'}</span>
				<Button kind="ghost" size="sm" icon={copied ? Check : Copy} onClick={() => copy(code.replace(/\n$/, ''))}>
					{copied ? 'Copied' : 'Copy'}
				</Button>
			</figcaption>
			<Scroller label={`Code, ${language ?? 'text'}`}>
				<pre>
					<code>
						{codeSegments(code).map((segment, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: code only grows at its end, so a segment keeps its place
							<Segment key={index} language={language} code={segment} />
						))}
					</code>
				</pre>
			</Scroller>
		</figure>
	);
}

const Segment = memo(function Segment({ language, code }: { language: string | null; code: string }) {
	const highlight = useHighlighter();
	const tree = language === null ? null : (highlight?.(language.toLowerCase(), code) ?? null);
	return tree === null ? code : toJsxRuntime(tree, { Fragment, jsx, jsxs });
});
