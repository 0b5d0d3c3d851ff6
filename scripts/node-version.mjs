// Plain JavaScript, so that an old Node can read it; --import loads it before any code that needs the right Node. Node
// 24 is a package of this project. It is missing if npm skipped optional packages or if there is none for this system.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
	process.stderr.write(
		`Assay needs Node 24 and this is Node ${process.versions.node} (${process.platform} ${process.arch}).\n` +
			'• Run `npm ci` without --omit=optional: Node 24 comes as a package for Linux, macOS and Windows\n' +
			'• Or install Node 24 and try again\n',
	);
	process.exit(1);
}
// Caches compiled code, which halves the start time of a command.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
