/** A worker of a later version, to test that it is refused. */
process.send?.({ type: 'hello', protocol: 999, pid: process.pid });
setInterval(() => {}, 1000);
process.on('disconnect', () => process.exit());
