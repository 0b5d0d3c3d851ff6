import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Place, type Size, sizes } from './address.ts';
import type { SceneMessage } from './show-scene.ts';

interface StageProps {
	name: string;
	place: Place;
	onTheme: () => void;
	onSize: (size: Size) => void;
	onAgain: () => void;
	/** Called when one of the catalogue's keys is pressed in the scene. */
	onKey: (key: string) => void;
}

const sizeNames: Readonly<Record<Size, string>> = { '1280x800': '1280 × 800', '900x600': '900 × 600', fill: 'Fill' };

/** One scene in a frame of its own. Theme and size change without a replay. */
export function Stage({ name, place, onTheme, onSize, onAgain, onKey }: StageProps) {
	const { theme, size } = place;
	const frame = useRef<HTMLIFrameElement>(null);
	const room = useRoom();
	const [state, setState] = useState<SceneMessage>({ scene: 'acting' });
	// The scene starts in the current theme; later changes are sent to it.
	const [address] = useState(() => `/scene.html?${new URLSearchParams({ name, theme })}`);
	useEffect(() => frame.current?.contentWindow?.postMessage({ theme }, location.origin), [theme]);
	useEffect(() => {
		function hear({ data, source, origin }: MessageEvent<SceneMessage>): void {
			if (origin !== location.origin || source !== frame.current?.contentWindow) return;
			if (data.scene === 'key') onKey(data.key);
			else setState(data);
		}
		addEventListener('message', hear);
		return () => removeEventListener('message', hear);
	});

	const fixed = sizes[size];
	const scale = fixed === null ? 1 : Math.min(1, room.width / fixed.width, room.height / fixed.height);
	return (
		<main>
			<header>
				<h2>{name}</h2>
				<span role="status" className={state.scene}>
					{state.scene === 'failed' ? state.problem : state.scene === 'ready' ? 'Ready' : 'Playing …'}
					{scale < 1 ? ` · ${Math.round(scale * 100)} %` : ''}
				</span>
				<fieldset aria-label="Size">
					{(Object.keys(sizes) as Size[]).map((each) => (
						<button key={each} type="button" aria-pressed={each === size} onClick={() => onSize(each)}>
							{sizeNames[each]}
						</button>
					))}
				</fieldset>
				<button type="button" onClick={onTheme}>
					{theme === 'light' ? 'Light' : 'Dark'}
				</button>
				<button type="button" onClick={onAgain}>
					Play again
				</button>
				<a href={address} target="_blank" rel="noreferrer">
					Alone ↗
				</a>
			</header>
			<div className="room" ref={room.ref}>
				<iframe
					ref={frame}
					title={name}
					src={address}
					width={fixed?.width ?? room.width}
					height={fixed?.height ?? room.height}
					style={{ transform: `scale(${scale})` }}
				/>
			</div>
		</main>
	);
}

function useRoom() {
	const ref = useRef<HTMLDivElement>(null);
	const [size, setSize] = useState({ width: 1280, height: 800 });
	useLayoutEffect(() => {
		if (ref.current === null) return;
		const observer = new ResizeObserver(([entry]) => {
			if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
		});
		observer.observe(ref.current);
		return () => observer.disconnect();
	}, []);
	return { ref, ...size };
}
