import { describe, expect, it } from '@jest/globals';
import { parseOptions, UsageError } from './options.ts';

describe('options of npm start', () => {
  it('has the defaults of page Interface', () => {
    expect(parseOptions([], '/checkout')).toEqual({
      dataDir: '/checkout/.yiqiu',
      port: 7800,
      machines: 5,
      net: '127.0.1',
      demo: true,
    });
  });

  it('takes what is given, directories relative to the checkout', () => {
    expect(
      parseOptions(['--data', 'x', '--port', '9000', '--machines', '0', '--net', '127.9.8', '--no-demo'], '/c'),
    ).toEqual({
      dataDir: '/c/x',
      port: 9000,
      machines: 0,
      net: '127.9.8',
      demo: false,
    });
  });

  it.each([
    [['--port', '0'], '--port 0'],
    [['--port', 'x'], '--port x'],
    [['--machines', '-1'], 'machines'],
    [['--machines', '1000'], '--machines 1000'],
    [['--net', '10.0.0'], '--net 10.0.0'],
    [['--net', '127.0.1.1'], '--net 127.0.1.1'],
    [['--nett', '127.0.1'], '--nett'],
    [['surplus'], 'surplus'],
  ])('refuses %j and names it', (args, named) => {
    expect(() => parseOptions(args, '/c')).toThrow(UsageError);
    expect(() => parseOptions(args, '/c')).toThrow(named);
  });
});
