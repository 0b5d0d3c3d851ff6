/** Answers that are dear to make, by what they are for: the last few that were asked for stay. One that failed does not. */
export function createRecentCache<Answer>(most: number): (key: string, make: () => Promise<Answer>) => Promise<Answer> {
	const known = new Map<string, Promise<Answer>>();
	return (key, make) => {
		const answer = known.get(key) ?? make();
		known.delete(key);
		known.set(key, answer);
		answer.catch(() => known.delete(key));
		for (const old of [...known.keys()].slice(0, Math.max(0, known.size - most))) known.delete(old);
		return answer;
	};
}
