import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useState } from 'react';
import { addressOf, type Place, placeOf, type Size, sizes } from './address.ts';
import { groupScenes } from './group-scenes.ts';
import { Stage } from './stage.tsx';
import type { SceneEntry } from './steps.ts';
import { useSceneList } from './use-scene-list.ts';

/** Every scene of the tests, live: a searchable list, and one scene in the chosen theme and size. */
export function Catalogue() {
	const { scenes, version } = useSceneList();
	const [place, setPlace] = usePlace();
	const [search, setSearch] = useState('');
	const [plays, setPlays] = useState(0);
	const searchField = useRef<HTMLInputElement>(null);
	const groups = groupScenes(scenes, search);
	const found = groups.flatMap((group) => group.scenes);
	const shown = place.scene ?? scenes[0]?.name ?? null;

	function step(by: 1 | -1): void {
		const at = found.findIndex(({ name }) => name === shown);
		const next = found[at === -1 ? 0 : at + by];
		if (next !== undefined) setPlace({ ...place, scene: next.name });
	}
	const turnTheme = () => setPlace({ ...place, theme: place.theme === 'light' ? 'dark' : 'light' });
	const nextSize = () => {
		const all = Object.keys(sizes) as Size[];
		setPlace({ ...place, size: all[(all.indexOf(place.size) + 1) % all.length]! });
	};
	function focusSearch(): void {
		searchField.current?.focus();
		searchField.current?.select();
	}
	const keys = new Map<string, () => void>([
		['ArrowDown', () => step(1)],
		['ArrowUp', () => step(-1)],
		['/', focusSearch],
		['t', turnTheme],
		['s', nextSize],
		['r', () => setPlays(plays + 1)],
	]);
	useEffect(() => {
		document.documentElement.dataset.theme = place.theme;
		document.title = shown === null ? 'Scenes' : `${shown} · Scenes`;
	}, [place.theme, shown]);

	function onKeyDown(event: ReactKeyboardEvent): void {
		const { key, ctrlKey, metaKey, target } = event;
		const typing = target instanceof HTMLInputElement && !key.startsWith('Arrow');
		if (ctrlKey || metaKey) return;
		if (key === 'Escape' && typing) setSearch('');
		else if (!typing && keys.has(key)) {
			event.preventDefault();
			keys.get(key)?.();
		}
	}

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole page, wherever its focus is
		<div className="catalogue" onKeyDown={onKeyDown}>
			<nav aria-label="Scenes">
				<header>
					<h1>Scenes</h1>
					<span>{found.length === scenes.length ? scenes.length : `${found.length} of ${scenes.length}`}</span>
				</header>
				<input
					ref={searchField}
					type="search"
					aria-label="Search scenes"
					placeholder="Search, e.g. evaluate new"
					value={search}
					onChange={({ target }) => setSearch(target.value)}
				/>
				<div className="groups">
					{groups.map(({ title, scenes: members }) => (
						<section key={title} aria-label={title}>
							<h2>
								{title} <span>{members.length}</span>
							</h2>
							{members.map((scene) => (
								<SceneLink
									key={scene.name}
									scene={scene}
									place={place}
									current={scene.name === shown}
									onOpen={() => setPlace({ ...place, scene: scene.name })}
								/>
							))}
						</section>
					))}
					{found.length === 0 && scenes.length > 0 ? <p>No scene has these words in its name.</p> : null}
				</div>
				<footer>
					<kbd>↑</kbd> <kbd>↓</kbd> scene (<kbd>Alt</kbd> after a click into it) · <kbd>/</kbd> search · <kbd>T</kbd>{' '}
					theme · <kbd>S</kbd> size · <kbd>R</kbd> again
				</footer>
			</nav>
			{shown === null ? (
				<main />
			) : (
				<Stage
					key={`${shown} ${plays} ${version}`}
					name={shown}
					place={place}
					onTheme={turnTheme}
					onSize={(size) => setPlace({ ...place, size })}
					onAgain={() => setPlays(plays + 1)}
					onKey={(key) => keys.get(key)?.()}
				/>
			)}
		</div>
	);
}

interface SceneLinkProps {
	scene: SceneEntry;
	place: Place;
	current: boolean;
	onOpen: () => void;
}

function SceneLink({ scene: { name, acts }, place, current, onOpen }: SceneLinkProps) {
	const link = useRef<HTMLAnchorElement>(null);
	useEffect(() => {
		if (current) link.current?.scrollIntoView({ block: 'nearest' });
	}, [current]);
	return (
		<a
			ref={link}
			href={addressOf({ ...place, scene: name })}
			aria-current={current ? 'page' : undefined}
			onClick={(event) => {
				if (event.ctrlKey || event.metaKey || event.shiftKey) return;
				event.preventDefault();
				onOpen();
			}}
		>
			{name}
			{acts ? <span title="Something is done on it after it was opened">▸</span> : null}
		</a>
	);
}

/** Keeps the place in the address, so that Back, a reload and a link restore it. */
function usePlace(): [Place, (place: Place) => void] {
	const [place, setPlace] = useState(() => placeOf(location.search));
	useEffect(() => {
		const follow = () => setPlace(placeOf(location.search));
		addEventListener('popstate', follow);
		return () => removeEventListener('popstate', follow);
	}, []);
	return [
		place,
		(next) => {
			history.pushState(null, '', addressOf(next));
			setPlace(next);
		},
	];
}
