import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { Scroller } from '../../design/scroller.tsx';
import { typesetter } from './katex.ts';

/** Shorter formulas, in characters, are not measured for being wider than the text. */
const narrow = 40;

/** A formula; its source where it can't be drawn (yet). */
export const Maths = memo(function Maths({ source, display }: { source: string; display: boolean }) {
	const typeset = typesetter.use();
	const drawn = useMemo(() => typeset?.(source, display) ?? null, [typeset, source, display]);
	if (drawn === null) return <MathsSource source={source} display={display} />;
	return display ? (
		<Scroller as="span" label="Formula" className="maths maths-display">
			<Drawn formula={drawn} />
		</Scroller>
	) : (
		<Inline formula={drawn} long={source.length > narrow} />
	);
});

/** A formula as it was written. */
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

/** Stands in the line; one that is wider than the text scrolls by itself. */
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
