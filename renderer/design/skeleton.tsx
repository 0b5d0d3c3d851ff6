import { useEffect, useState } from 'react';

/** Shorter waits show nothing, in ms. */
const delayMs = 150;

const widths = ['44%', '62%', '38%', '55%', '47%', '58%'];

/** Static bars in place of rows that are loading. */
export function Skeleton({ rows, className = '' }: { rows: number; className?: string }) {
	const [shown, setShown] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setShown(true), delayMs);
		return () => clearTimeout(timer);
	}, []);
	if (!shown) return null;
	return (
		<div aria-hidden className={`flex flex-col gap-5 ${className}`}>
			{Array.from({ length: rows }, (_, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: bars without identity
				<div key={index} className="flex">
					<span className="h-2.5 rounded-[4px] bg-selected" style={{ width: widths[index % widths.length] }} />
					<span className="flex-1" />
					<span className="h-2.5 w-9 rounded-[4px] bg-selected" />
				</div>
			))}
		</div>
	);
}
