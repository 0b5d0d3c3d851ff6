/** Window sizes in which every scene must work; `fill` uses the available space. */
export const sizes = {
	'1280x800': { width: 1280, height: 800 },
	'900x600': { width: 900, height: 600 },
	fill: null,
} as const;

export type Size = keyof typeof sizes;
export type Theme = 'light' | 'dark';

/** The scene shown, with its theme and size. Kept in the address, so that reloads and links restore it. */
export interface Place {
	/** null: the first scene. */
	scene: string | null;
	theme: Theme;
	size: Size;
}

export function placeOf(search: string): Place {
	const given = new URLSearchParams(search);
	const size = given.get('size') ?? '';
	return {
		scene: given.get('scene'),
		theme: given.get('theme') === 'dark' ? 'dark' : 'light',
		size: Object.hasOwn(sizes, size) ? (size as Size) : '1280x800',
	};
}

export function addressOf({ scene, theme, size }: Place): string {
	const given = new URLSearchParams({ ...(scene === null ? {} : { scene }), theme, size });
	return `?${given}`;
}
