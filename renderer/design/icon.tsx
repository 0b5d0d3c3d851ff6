import type { LucideIcon } from 'lucide-react';

const strokes = { 12: 2, 14: 1.9, 16: 1.75, 18: 1.65 } as const;

/** A decorative icon in one of four sizes; larger ones have thinner lines, so that all look equally heavy. */
export function Icon({
	of: Glyph,
	size = 16,
	className = '',
}: {
	of: LucideIcon;
	size?: keyof typeof strokes;
	className?: string;
}) {
	return <Glyph aria-hidden size={size} strokeWidth={strokes[size]} className={`block flex-none ${className}`} />;
}
