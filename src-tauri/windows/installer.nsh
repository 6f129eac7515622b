; What Glowjar adds to Tauri's installer for Windows (https://v2.tauri.app/distribute/windows-installer/#using-installer-hooks).
; The files of a program that runs can't be replaced or removed, so it is asked to end first, until it is gone: it puts everything
; away, which takes a moment. One that hangs is ended after a quarter of a minute. A command that waits for a token hears that the
; application ended, and ends as well.

!macro END_GLOWJAR
  Push $0
  Push $1
  StrCpy $1 0
  ${Do}
    ; 0 as long as there is one to ask.
    nsExec::Exec 'taskkill /IM glowjar-app.exe'
    Pop $0
    ${If} $0 != 0
      ${ExitDo}
    ${EndIf}
    Sleep 500
    IntOp $1 $1 + 1
  ${LoopUntil} $1 >= 30
  nsExec::Exec 'taskkill /F /IM glowjar-app.exe'
  Pop $0
  nsExec::Exec 'taskkill /F /IM glowjar.exe'
  Pop $0
  ; Windows holds on to the file of a program for a moment longer.
  Sleep 500
  Pop $1
  Pop $0
!macroend

; The schemes whose addresses Windows hands to Glowjar (src-tauri/src/platform/windows.rs), which sign-ins come back by. One that
; another program took meanwhile stays that program's. Not compared is the folder, which can be written in more ways than one.
!macro GIVE_BACK_SCHEMES
  Push $0
  Push $1
  Push $2
  StrCpy $0 0
  ${Do}
    EnumRegKey $1 HKCU "Software\Classes" $0
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    ReadRegStr $2 HKCU "Software\Classes\$1\shell\open\command" ""
    StrCpy $2 $2 "" -31
    ${If} $2 == '\glowjar-app.exe" --opened "%1"'
      ClearErrors
      DeleteRegKey HKCU "Software\Classes\$1"
      ${IfNot} ${Errors}
        ; The next one has its number now.
        ${Continue}
      ${EndIf}
    ${EndIf}
    IntOp $0 $0 + 1
  ${Loop}
  Pop $2
  Pop $1
  Pop $0
!macroend

!macro NSIS_HOOK_PREINSTALL
  !insertmacro END_GLOWJAR
!macroend

!macro NSIS_HOOK_POSTINSTALL
  ; The name under which Windows shows notices.
  WriteRegStr HKCU "Software\Classes\AppUserModelId\app.glowjar.Glowjar" "DisplayName" "Glowjar"
!macroend

!macro NSIS_HOOK_PREUNINSTALL
  !insertmacro END_GLOWJAR
!macroend

!macro NSIS_HOOK_POSTUNINSTALL
  DeleteRegKey HKCU "Software\Classes\AppUserModelId\app.glowjar.Glowjar"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Glowjar"
  !insertmacro GIVE_BACK_SCHEMES
  DetailPrint "Your secrets are still in Windows' Credential Manager, under app.glowjar.Glowjar. Remove them there."
!macroend
