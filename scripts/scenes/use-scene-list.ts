import { useEffect, useState } from 'react';
import type { SceneEntry } from './steps.ts';

/** Returns the host's scenes. `version` rises with each restart of the host, which reads the scenes again. */
export function useSceneList(): { scenes: readonly SceneEntry[]; version: number } {
	const [list, setList] = useState<{ scenes: readonly SceneEntry[]; version: number }>({ scenes: [], version: 0 });
	useEffect(() => {
		const fetchList = async () => {
			const answer = await fetch('/scene-host/scenes');
			if (!answer.ok) return;
			const scenes = (await answer.json()) as SceneEntry[];
			setList(({ version }) => ({ scenes, version: version + 1 }));
		};
		void fetchList();
		const refetch = () => void fetchList();
		import.meta.hot?.on('scenes:host-ready', refetch);
		return () => import.meta.hot?.off('scenes:host-ready', refetch);
	}, []);
	return list;
}
