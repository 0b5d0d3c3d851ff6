import { useEffect, useState } from 'react';

/** Returns the current time, updated every minute: "today" changes while a window stays open. */
export function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 60_000);
		return () => clearInterval(timer);
	}, []);
	return now;
}
