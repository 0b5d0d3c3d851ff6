import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { Scroller } from '../../design/scroll-area.tsx';
import { t } from '../../messages/t.ts';
import { typesetter } from './katex.ts';

/** Formulas shorter than this, in characters, are not checked for being wider than the text. */
const narrowEm = 40;

/** A formula; shows its source until it can be drawn. */
export const Maths = memo(function Maths({ source, display }: { source: string; display: boolean }) {
	const typeset = typesetter.use();
	const drawn = useMemo(() => typeset?.(source, display) ?? null, [typeset, source, display]);
	if (drawn === null) return <MathsSource source={source} display={display} />;
	return display ? (
		<Scroller as="span" label={t('Formula')} className="maths maths-display">
			<Drawn formula={drawn} />
		</Scroller>
	) : (
		<Inline formula={drawn} long={source.length > narrowEm} />
	);
});

/** The source of a formula. */
export function MathsSource({ source, display }: { source: string; display: boolean }) {
	return (
		<code className="maths-source" data-display={display || undefined}>
			{source}
		</code>
	);
}

function Drawn({ formula }: { formula: HTMLElement }) {
	const place = useRef<HTMLSpanElement>(null);
	useLayoutEffect(() => place.current?.replaceChildren(formula), [formula]);
	return <span ref={place} className="block w-max min-w-full" />;
}

/** An inline formula; one that is wider than the text scrolls by itself. */
function Inline({ formula, long }: { formula: HTMLElement; long: boolean }) {
	const place = useRef<HTMLSpanElement>(null);
	useLayoutEffect(() => {
		const element = place.current;
		if (element === null) return;
		element.replaceChildren(formula);
		if (!long) return;
		const room = element.closest('.md-block')?.clientWidth ?? Number.POSITIVE_INFINITY;
		const widest = Math.max(
			0,
			...[...element.querySelectorAll<HTMLElement>('.katex-html > *')].map((part) => part.offsetWidth),
		);
		if (widest <= room) return;
		element.dataset.wide = '';
		element.tabIndex = 0;
	}, [formula, long]);
	return <span ref={place} className="maths" />;
}
