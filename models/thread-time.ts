/** Returns how long this thread has had a core, ms. For limits that must not depend on how busy the computer is. */
export function threadMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}
