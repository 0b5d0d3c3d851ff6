import { useRef } from 'react';
import { getTextScale } from '../design/page-width.ts';

const min = 200;
const max = 360;
/** Distance of one arrow key press, in px. */
const keyStep = 16;

/** The edge between two panes, moved by dragging or with the arrow keys. */
export function PaneResizer({
	label,
	width,
	grows,
	onChange,
}: {
	label: string;
	width: number;
	/** Direction in which moving the edge makes the pane wider. */
	grows: 'right' | 'left';
	onChange: (width: number) => void;
}) {
	const start = useRef<{ x: number; width: number } | null>(null);
	const sign = grows === 'right' ? 1 : -1;
	const move = (to: number) => onChange(Math.round(Math.min(max, Math.max(min, to))));
	return (
		// biome-ignore lint/a11y/useSemanticElements: <hr> takes no focus; this is ARIA's window splitter
		<div
			role="separator"
			aria-orientation="vertical"
			aria-label={label}
			aria-valuemin={min}
			aria-valuemax={max}
			aria-valuenow={width}
			tabIndex={0}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				start.current = { x: event.clientX, width };
			}}
			onPointerMove={(event) => {
				if (start.current) move(start.current.width + (sign * (event.clientX - start.current.x)) / getTextScale());
			}}
			onPointerUp={() => {
				start.current = null;
			}}
			onKeyDown={(event) => {
				if (event.key === 'ArrowLeft') move(width - sign * keyStep);
				else if (event.key === 'ArrowRight') move(width + sign * keyStep);
				else return;
				event.preventDefault();
			}}
			className="relative z-10 -mx-1 w-2 flex-none cursor-col-resize touch-none after:absolute after:inset-y-2 after:left-[3px] after:w-0.5 after:rounded-full after:transition-colors after:duration-(--fast) hover:after:bg-line-strong focus-visible:outline-none focus-visible:after:bg-focus active:after:bg-accent"
		/>
	);
}
