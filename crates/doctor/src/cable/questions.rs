//! The questions, as scripts that fit every port of MicroPython.
//!
//! Three small ones instead of a large one: an ESP8266 compiles each with the 20 kB that it has left, and what one of them
//! runs into does not take the answers of the others away. Nothing is changed: modules that were not loaded are unloaded
//! again, interfaces are not switched on, and no password is printed. A module that is missing is an answer, not an error.

/// Each prints `name=value` lines.
pub(super) const SCRIPTS: [&str; 3] = [WEBREPL, FILES, NETWORK];

/// `webrepl.py` keeps its listening socket in `listen_s` and its last client in `client_s`, which stays set after that
/// has gone; whether somebody is in shows at the slot of `os.dupterm`, as webrepl.py itself looks (`accept_conn`).
const WEBREPL: &str = "\
import gc
gc.collect()
def _bw():
 import sys,os
 def say(k,v):print('%s=%s'%(k,v))
 def has(m):
  if m in sys.modules:return 1
  try:__import__(m)
  except ImportError:return 0
  except Exception:return 1
  try:del sys.modules[m]
  except KeyError:pass
  return 1
 w=sys.modules.get('webrepl')
 say('firmware',1 if w else min(has('_webrepl'),has('webrepl')))
 if not w:say('started',0)
 else:
  try:
   say('started',0 if w.listen_s is None else 1)
   if w.client_s is not None:
    p=os.dupterm(None)
    os.dupterm(p)
    say('client',1 if p else 0)
  except Exception:pass
 try:
  import machine
  say('id',''.join(['%02x'%b for b in machine.unique_id()]))
 except Exception:pass
_bw()
del _bw
";

/// Of the arguments of `webrepl.start()` only a number is printed: the port. The other one is a password.
const FILES: &str = "\
import gc
gc.collect()
def _bw():
 import sys
 def say(k,v):print('%s=%s'%(k,v))
 k='webrepl_cfg' in sys.modules
 c='ok'
 try:
  n=len(__import__('webrepl_cfg').PASS)
  if n>9 or n<4:c='length'
 except ImportError:c='missing'
 except AttributeError:c='nopass'
 except Exception:c='broken'
 say('config',c)
 if not k and'webrepl_cfg'in sys.modules:del sys.modules['webrepl_cfg']
 b=0
 for n in('boot.py','main.py'):
  try:
   with open(n)as f:
    for l in f:
     l=l.split('#')[0]
     if'webrepl.start'in l:
      b=1
      for q in l.split('start',1)[1].replace('(',',').replace(')',',').split(','):
       q=q.replace('port=','').strip()
       if q.isdigit():say('port',q)
  except Exception:pass
 say('boots',b)
_bw()
del _bw
";

/// ESP32 firmware has `network.LAN` whether there is a socket or not; there it gives the interface that was made, and
/// raises when there is none. Other ports would switch it on, so only what a program has made is looked at.
///
/// `ifconfig()` went to `ipconfig()`, and `network.STA_IF` to `network.WLAN.IF_STA` (MicroPython 1.24).
const NETWORK: &str = "\
import gc
gc.collect()
def _bw():
 import sys
 def say(k,v):print('%s=%s'%(k,v))
 try:import network as n
 except ImportError:return
 try:say('name',n.hostname())
 except Exception:pass
 def ask(i,w):
  say(i+'.connected',1 if w.isconnected()else 0)
  try:a=w.ifconfig()
  except AttributeError:a=w.ipconfig('addr4')+(w.ipconfig('gw4'),)
  for k,v in zip(('address','mask','gateway'),a):say(i+'.'+k,v)
 for u in('STA','AP'):
  i=u.lower()
  try:
   c=getattr(n,u+'_IF',None)
   w=n.WLAN(getattr(n.WLAN,'IF_'+u)if c is None else c)
   v=w.active()
   say(i+'.active',1 if v else 0)
   if not v:continue
   ask(i,w)
   if i=='ap':
    try:say('ssid',w.config('ssid'))
    except Exception:say('ssid',w.config('essid'))
   if i=='sta'and not w.isconnected():
    s=w.status()
    say('status',s)
    for c in dir(n)+dir(n.WLAN):
     if c[:5]=='STAT_'and getattr(n,c,getattr(n.WLAN,c,None))==s:say('status',c[5:])
  except Exception:pass
 l=[v for v in globals().values()if type(v).__name__ in('LAN','WIZNET5K','PPP')]
 if sys.platform=='esp32'and not l:
  try:l=[n.LAN()]
  except Exception:pass
 for w in l:
  try:ask('lan',w)
  except Exception:pass
_bw()
del _bw
";
