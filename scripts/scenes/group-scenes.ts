import type { SceneEntry } from './steps.ts';

export interface SceneGroup {
	title: string;
	scenes: readonly SceneEntry[];
}

/** Groups the scenes whose names contain every word by the first word of their names, in catalogue order. */
export function groupScenes(scenes: readonly SceneEntry[], search: string): SceneGroup[] {
	const words = search
		.toLowerCase()
		.split(/[\s-]+/)
		.filter(Boolean);
	const groups = Map.groupBy(
		scenes.filter(({ name }) => words.every((word) => name.includes(word))),
		({ name }) => name.split('-', 1)[0]!,
	);
	const alone = [...groups].filter(([, group]) => group.length === 1).flatMap(([, group]) => group);
	const together = [...groups].filter(([, group]) => group.length > 1);
	return [
		...together.map(([first, group]) => ({
			title: `${first.charAt(0).toUpperCase()}${first.slice(1)}`,
			scenes: group,
		})),
		...(alone.length > 0 ? [{ title: 'Others', scenes: alone }] : []),
	];
}
