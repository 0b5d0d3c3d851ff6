import type { Root } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { Check, Copy, WrapText } from 'lucide-react';
import { memo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { useStore } from 'zustand';
import { useCopy } from '../../app/clipboard.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { splitCode } from './code-segments.ts';
import { loadOnDemand } from './load-on-demand.ts';

/** Lines up to this many characters fit the reading column. */
const longLine = /[^\n]{76}/;

/** A code block: language on the left, Copy on the right. Long lines scroll, or wrap on request. */
export function CodeBlock({ language, code }: { language: string | null; code: string }) {
	const { settings } = useServices();
	const { copied, copy } = useCopy();
	const wrap = useStore(settings.state, (state) => state.wrapCode);
	return (
		<figure className="code" data-wrap={wrap || undefined}>
			<figcaption>
				<span className="min-w-0 flex-1 truncate">{language ?? t('text')}</span>
				{wrap || longLine.test(code) ? (
					<IconButton
						icon={WrapText}
						label={t('Wrap long lines')}
						size="sm"
						aria-pressed={wrap}
						onClick={() => settings.change({ wrapCode: !wrap })}
					/>
				) : null}
				<Button kind="ghost" size="sm" icon={copied ? Check : Copy} onClick={() => copy(code.replace(/\n$/, ''))}>
					{copied ? t('Copied') : t('Copy')}
				</Button>
			</figcaption>
			<Scroller label={t('Code, {language}', { language: language ?? t('text') })}>
				<pre>
					<code>
						{splitCode(code).map((segment, index) => (
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
	const highlight = highlighter.use();
	const tree = language === null ? null : (highlight?.(language.toLowerCase(), code) ?? null);
	return tree === null ? code : toJsxRuntime(tree, { Fragment, jsx, jsxs });
});

type Highlight = (language: string, code: string) => Root | null;

/** Highlights code of a known language; loaded on demand because the grammars are a third of the page's code. */
const highlighter = loadOnDemand<Highlight>(async () => {
	const { common, createLowlight } = await import('lowlight');
	const lowlight = createLowlight(common);
	return (language, code) => (lowlight.registered(language) ? lowlight.highlight(language, code) : null);
});
