// Plain JavaScript, so that an old Node can read it; loaded with --import before what needs the right one.
// Node 24 is a package of this project. It is missing where npm skipped optional packages, or has none for this system.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
	process.stderr.write(
		`Assay needs Node 24 and this is Node ${process.versions.node} (${process.platform} ${process.arch}).\n` +
			'• Run `npm ci` without --omit=optional: Node 24 comes as a package for Linux, macOS and Windows\n' +
			'• Or install Node 24 and try again\n',
	);
	process.exit(1);
}
// What was read and compiled once is kept: a command starts in half the time.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
